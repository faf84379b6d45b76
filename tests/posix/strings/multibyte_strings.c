// UTF-8 to wide characters and back: states, limits, invalid sequences, and the C locale.
#include "../report.h"

#include <locale.h>
#include <stdlib.h>
#include <uchar.h>
#include <wchar.h>
#include <wctype.h>

static void decode(const char* name, const char* bytes, size_t size) {
  mbstate_t state = {0};
  printf("%s:", name);
  size_t at = 0;
  while (at < size) {
    wchar_t wide = 0;
    errno = 0;
    size_t length = mbrtowc(&wide, bytes + at, size - at, &state);
    if (length == (size_t)-1) {
      printf(" %s", strerrorname_np(errno));
      break;
    }
    if (length == (size_t)-2) {
      printf(" incomplete, %d", mbsinit(&state));
      break;
    }
    printf(" %x/%zu", (unsigned)wide, length);
    at += length ? length : 1;
  }
  puts("");
}

int main(void) {
  SHOW(MB_CUR_MAX);
  decode("C locale", "a\xc3\xa9", 3);
  SHOW_POINTER(setlocale(LC_ALL, "C.UTF-8"));
  SHOW(MB_CUR_MAX);
  decode("ascii", "a\0b", 3);
  decode("two to four", "\xc3\xa9\xe4\xb8\xad\xf0\x9f\x98\x80", 9);
  decode("incomplete", "\xe4\xb8", 2);
  decode("overlong", "\xc0\x80", 2);
  decode("overlong three", "\xe0\x80\xaf", 3);
  decode("surrogate", "\xed\xa0\x80", 3);
  decode("largest", "\xf4\x8f\xbf\xbf", 4);
  decode("too large", "\xf4\x90\x80\x80", 4);
  decode("continuation", "\x80", 1);
  decode("broken", "\xe4x", 2);
  decode("never", "\xff\xfe", 2);
  // Byte by byte.
  mbstate_t state = {0};
  wchar_t wide;
  for (int i = 0; i < 3; i++) SHOW((int)mbrtowc(&wide, &"\xe4\xb8\xad"[i], 1, &state));
  printf("%x\n", (unsigned)wide);
  char bytes[32];
  static const unsigned codes[] = {0,       0x7f,     0x80,     0x7ff,  0x800,     0xffff,
                                   0x10000, 0x10ffff, 0x110000, 0xd800, 0xffffffff};
  for (unsigned i = 0; i < sizeof codes / sizeof codes[0]; i++) {
    memset(&state, 0, sizeof state);
    errno = 0;
    int length = (int)wcrtomb(bytes, (wchar_t)codes[i], &state);
    printf("%x: %d %s ", codes[i], length, strerrorname_np(errno));
    report_bytes("", bytes, length > 0 ? length : 0);
  }
  wchar_t text[16];
  SHOW(mbstowcs(text, "\xc3\xa9t\xc3\xa9", 16));
  SHOW(mbstowcs(NULL, "\xc3\xa9t\xc3\xa9", 0));
  SHOW((int)mbstowcs(text, "ok\xff", 16));
  SHOW(wcstombs(bytes, L"\u4e2d\u6587", 4));
  SHOW(wcstombs(NULL, L"\u4e2d\u6587", 0));
  const char* source = "abc\xc3\xa9z";
  memset(&state, 0, sizeof state);
  SHOW(mbsnrtowcs(text, &source, 4, 16, &state));
  SHOW(source == NULL);
  SHOW(mblen("\xe4\xb8\xad", 2));
  SHOW(mblen("\xe4\xb8\xad", 3));
  SHOW(btowc(0xe9) == WEOF);
  SHOW(wctob(L'\u00e9'));
  char16_t units[2];
  memset(&state, 0, sizeof state);
  SHOW((int)mbrtoc16(&units[0], "\xf0\x9f\x98\x80", 4, &state));
  SHOW((int)mbrtoc16(&units[1], "", 0, &state));
  printf("%x %x\n", units[0], units[1]);
  printf("%d %d %d\n", wcwidth(L'a'), wcwidth(L'\u4e2d'), wcwidth(L'\u0301'));
  SHOW(wcswidth(L"a\u4e2d", 2));
  printf("%d %d %x %x\n", !!iswalpha(L'\u0416'), !!iswspace(L'\u2003'),
         (unsigned)towlower(L'\u0416'), (unsigned)towupper(L'\u00e9'));
  SHOW(!!iswctype(L'5', wctype("digit")));
  SHOW(towctrans(L'a', wctrans("toupper")) == L'A');
  return 0;
}
