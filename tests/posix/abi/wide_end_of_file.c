// wint_t, its limits and WEOF agree with one another.
#define _GNU_SOURCE
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <wchar.h>
#include <wctype.h>

static const char* describe(wint_t c) {
  switch (c) {
    case WEOF:
      return "end of file";
    default:
      return "character";
  }
}

int main(void) {
  const wint_t least = WINT_MIN, most = WINT_MAX, minus_one = (wint_t)-1;
  printf("%d %d %d %d\n", minus_one > 0, least < most, most == minus_one, (wint_t)WEOF == WEOF);
  printf("%s %s\n", describe(WEOF), describe(L'a'));
  printf("%d\n", sizeof(wint_t) * CHAR_BIT == WINT_WIDTH);
  return 0;
}
