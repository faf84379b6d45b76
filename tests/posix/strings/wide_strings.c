// wcs*: the wide forms of the string functions.
#include "../report.h"

#include <stdlib.h>
#include <wchar.h>

int main(void) {
  wchar_t text[32] = L"wide";
  SHOW(wcslen(text));
  SHOW(wcsnlen(text, 2));
  SHOW(wcscmp(wcscat(text, L" text"), L"wide text"));
  SHOW(wcsncmp(L"abc", L"abd", 2));
  SHOW(wcscmp(L"\x10000", L"a") > 0);
  SHOW(wcscasecmp(L"ABC", L"abc"));
  SHOW(wcschr(text, L't') - text);
  SHOW(wcsrchr(text, L't') - text);
  SHOW(wcsstr(text, L"text") - text);
  SHOW(wcsspn(text, L"wied"));
  SHOW(wcscspn(text, L" "));
  SHOW(wcspbrk(text, L"xz") - text);
  wchar_t* rest;
  wchar_t list[] = L"a,,b;c";
  for (wchar_t* token = wcstok(list, L",;", &rest); token != NULL;
       token = wcstok(NULL, L",;", &rest))
    printf("<%ls>", token);
  puts("");
  SHOW(wcpcpy(text, L"xyz") - text);
  wcsncpy(text, L"ab", 5);
  printf("%d %d\n", text[2], text[4]);
  wcsncat(text, L"cdef", 2);
  printf("%ls\n", text);
  wchar_t* duplicate = wcsdup(text);
  printf("%ls\n", duplicate);
  wchar_t* end;
  SHOW(wcstoll(L"-9223372036854775809", &end, 10));
  SHOW(wcstoul(L"0xff", &end, 0));
  SHOW(wcscoll(L"a", L"b") < 0);
  SHOW(wcsxfrm(text, L"abc", 32));
  printf("%a %ls\n", wcstod(L"0x1.8p1rest", &end), end);
  static const wchar_t sorted[] = L"\u00e9\u4e2d\U0001f600";
  printf("%zu %zu\n", sizeof(wchar_t), wcslen(sorted));
  return 0;
}
