// The functions of string.h on memory: every small size and alignment, overlap, ends.
#include "../report.h"

#include <stdlib.h>
#include <unistd.h>
#include <wchar.h>

static unsigned char from[256], to[256], expected[256];

static unsigned checksum(const unsigned char* bytes, size_t size) {
  unsigned sum = 1;
  for (size_t i = 0; i < size; i++) sum = sum * 31 + bytes[i];
  return sum;
}

int main(void) {
  unsigned wrong = 0, sum = 0;
  for (int i = 0; i < 256; i++) from[i] = (unsigned char)(i * 37 + 11);
  for (size_t size = 0; size < 80; size++) {
    for (int a = 0; a < 9; a++) {
      for (int b = 0; b < 9; b++) {
        memset(to, 0xee, sizeof to);
        memset(expected, 0xee, sizeof expected);
        for (size_t i = 0; i < size; i++) expected[b + i] = from[a + i];
        wrong += memcpy(to + b, from + a, size) != to + b;
        wrong += memcmp(to, expected, sizeof to) != 0;
        wrong += mempcpy(to + b, from + a, size) != to + b + size;
        // Overlapping, to both sides.
        memcpy(to, from, sizeof to);
        memmove(to + b, to + a, size);
        wrong += memcmp(to + b, from + a, size) != 0;
        memset(to + a, b, size);
        sum = sum * 33 + checksum(to, 100);
      }
    }
    for (int at = 0; at <= (int)size; at++) {
      memset(to, 'x', sizeof to);
      to[3 + at] = '!';
      void* found = memchr(to + 3, '!', size);
      wrong += found != (at < (int)size ? to + 3 + at : NULL);
      wrong += rawmemchr(to + 3, '!') != to + 3 + at;
      wrong += memrchr(to + 3, '!', size) != found;
      memset(expected, 'x', sizeof expected);
      int order = memcmp(to + 3, expected + 3, size);
      wrong += at < (int)size ? order >= 0 : order != 0;
    }
  }
  printf("wrong: %u, checksum %x\n", wrong, sum);
  SHOW(memcmp("\xff", "\x01", 1) > 0);
  SHOW(memcmp("a", "b", 0));
  SHOW_POINTER(memchr("abc", 0x100 + 'b', 3));
  SHOW_POINTER(memchr("abc", 'c', 2));
  SHOW_POINTER(memchr("abc", 0, 4));
  char haystack[] = "aaab aab ab\0hidden ab";
  SHOW((char*)memmem(haystack, sizeof haystack, "aab", 3) - haystack);
  SHOW((char*)memmem(haystack, sizeof haystack, "hid", 3) - haystack);
  SHOW((char*)memmem(haystack, sizeof haystack, "", 0) - haystack);
  SHOW_POINTER(memmem(haystack, 4, "aab ", 4) == haystack ? haystack : NULL);
  SHOW_POINTER(memmem(haystack, 2, "aab", 3));
  char copy[16];
  memset(copy, '-', sizeof copy);
  SHOW((char*)memccpy(copy, "one,two", ',', 16) - copy);
  report_bytes("memccpy", copy, 8);
  SHOW_POINTER(memccpy(copy, "none", ',', 4));
  char frob[] = "secret";
  report_bytes("memfrob", memfrob(frob, 6), 6);
  char swapped[6] = "";
  swab("badcfe", swapped, 5);
  report_bytes("swab", swapped, 6);
  explicit_bzero(frob, 3);
  report_bytes("zeroed", frob, 6);
  wchar_t wide[8];
  wmemset(wide, L'w', 8);
  wmemcpy(wide + 1, L"abc", 3);
  wmemmove(wide + 2, wide + 1, 4);
  for (int i = 0; i < 8; i++) printf("%lc", (wint_t)wide[i]);
  printf(" %d %d\n", wmemcmp(L"\x7fffffff", L"\x80000000", 1),
         (int)(wmemchr(wide, L'c', 8) - wide));
  return 0;
}
