// printf's integer conversions: flags, widths, precisions, lengths, and arguments by position.
#include "../report.h"

#include <inttypes.h>
#include <limits.h>
#include <stddef.h>

int main(void) {
  static const char* const flags[] = {"",   "-",  "+",  " ",  "0", "#", "+-",
                                      "-0", "+0", " 0", "#0", "'", "+ "};
  static const char* const sizes[] = {"", "8", ".0", ".5", "8.5", "2.1", "12.10"};
  static const int values[] = {0, 1, -1, 1234567, INT_MIN};
  for (unsigned f = 0; f < sizeof flags / sizeof flags[0]; f++) {
    for (unsigned s = 0; s < sizeof sizes / sizeof sizes[0]; s++) {
      printf("%s%s:", flags[f], sizes[s]);
      for (const char* conversion = "diouxX"; *conversion != 0; conversion++) {
        char format[24];
        snprintf(format, sizeof format, " [%%%s%s%c]", flags[f], sizes[s], *conversion);
        for (unsigned v = 0; v < 5; v++) printf(format, values[v]);
      }
      puts("");
    }
  }
  printf("%hhd %hhu %hhx %hd %hu\n", 300, 300, -1, 70000, 70000);
  printf("%lld %llu %llx %llo\n", LLONG_MIN, ULLONG_MAX, ULLONG_MAX, ULLONG_MAX);
  printf("%jd %ju %zd %td\n", INTMAX_MIN, UINTMAX_MAX, (ssize_t)-5, (ptrdiff_t)-6);
  printf("%" PRId8 " %" PRIu16 " %" PRIx32 " %" PRIi64 " %" PRIXFAST8 "\n", (int8_t)-8,
         (uint16_t)65535, (uint32_t)0xabcdef, (int64_t)1 << 40, (uint_fast8_t)200);
  printf("%*d|%-*d|%*d|%.*d|%.*d\n", 6, 1, 6, 2, -6, 3, 4, 5, -1, 6);
  printf("%2$d %1$d %2$*3$d %1$.*3$d\n", 11, 22, 5);
  printf("%c%c%5c|%-5c|%%\n", 'a', 0x141, 'b', 'c');
  printf("%s|%10s|%-10s|%.2s|%.0s|%5.1s\n", "text", "text", "text", "text", "text", "text");
  printf("%s|%.3s|%.10s\n", (char*)NULL, (char*)NULL, (char*)NULL);
  printf("%p %10p|%-10p|\n", (void*)0x1234, (void*)0xabc, NULL);
  int written = -1;
  char format[] = "four%n";
  printf("%m %#m\n");
  errno = ENOENT;
  printf("%m\n");
  SHOW(printf("%s", ""));
  SHOW(snprintf(NULL, 0, "%0500d", 1));
  char small[5];
  SHOW(snprintf(small, sizeof small, "%d", 1234567));
  report_bytes("cut", small, 5);
  SHOW(snprintf(small, 1, "%d", 7));
  report_bytes("nothing", small, 1);
  SHOW(printf("%.*s", INT_MAX, "whole"));
  SHOW(printf("%ls\n", L"wide \u00e9"));
  return 0;
}
