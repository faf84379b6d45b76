// Wide streams in C.UTF-8: orientation, conversion, wide printf and scanf, invalid bytes.
#include "../report.h"

#include <locale.h>
#include <stdlib.h>
#include <wchar.h>

int main(void) {
  SHOW_POINTER(setlocale(LC_ALL, "C.UTF-8"));
  SHOW(MB_CUR_MAX);
  FILE* file = fopen("file", "w+");
  SHOW(fwide(file, 0));
  SHOW(fputwc(L'\u00e9', file) == L'\u00e9');
  SHOW(fwide(file, 0) > 0);
  SHOW(fputs("narrow", file));
  SHOW(fputws(L"\u4e2d\U0001f600!\n", file) >= 0);
  SHOW(fwprintf(file, L"%ls|%5lc|%s|%-4ls|%.2ls\n", L"\u00fc", (wint_t)L'\u20ac', "narrow \xc3\xa4",
                L"a", L"\u4e2d\u6587x"));
  SHOW(fputwc(0x110000, file) == (wint_t)WEOF);
  fclose(file);
  char bytes[128];
  file = fopen("file", "r");
  size_t size = fread(bytes, 1, sizeof bytes, file);
  report_bytes("file", bytes, size);
  SHOW(fgetwc(file) == (wint_t)WEOF);
  fclose(file);
  file = fopen("file", "r");
  wchar_t line[64];
  for (int i = 0; i < 4; i++) printf("%x ", (unsigned)fgetwc(file));
  puts("");
  SHOW(ungetwc(L'\u0416', file) == L'\u0416');
  printf("%x\n", (unsigned)fgetwc(file));
  SHOW_POINTER(fgetws(line, 64, file));
  printf("%ls", line);
  SHOW_POINTER(fgetws(line, 5, file));
  SHOW(wcslen(line));
  fclose(file);

  file = fopen("file", "w");
  fwrite("ok\xff\xc3(", 1, 5, file);
  fclose(file);
  file = fopen("file", "r");
  for (int i = 0; i < 3; i++) {
    errno = 0;
    wint_t read = fgetwc(file);
    printf("%d %s %d\n", read == (wint_t)WEOF ? -1 : (int)read, strerrorname_np(errno),
           ferror(file) != 0);
  }
  fclose(file);
  int number = 0;
  wchar_t word[16];
  SHOW(swscanf(L"\u00e9t\u00e9 42", L"%ls %d", word, &number));
  printf("%ls %d\n", word, number);
  SHOW(swscanf(L"abc\u4e2ddef", L"%l[a-z\u4e2d]", word));
  printf("%ls\n", word);
  SHOW(swprintf(line, 64, L"%d %f %s %lc", 5, 1.5, "x", L'\u00df'));
  printf("%ls\n", line);
  SHOW(swprintf(line, 3, L"%d", 12345));
  SHOW(wcstol(L"  -0x1fz", NULL, 16));
  printf("%a\n", wcstod(L"1.25e2x", NULL));
  return 0;
}
