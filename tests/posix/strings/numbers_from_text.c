// strtol, strtoul, strtod and their relatives: bases, ends, overflow, exact rounding.
#include "../report.h"

#include <inttypes.h>
#include <stdlib.h>

static void integer(const char* text, int base) {
  char* end;
  errno = 0;
  long long value = strtoll(text, &end, base);
  printf("<%s> %d: %lld, rest <%s>%s", text, base, value, end,
         errno == ERANGE   ? " range"
         : errno == EINVAL ? " invalid"
                           : "");
  errno = 0;
  unsigned long long natural = strtoull(text, &end, base);
  printf(", %llu%s", natural, errno == ERANGE ? " range" : "");
  errno = 0;
  int32_t small = (int32_t)strtoimax(text, NULL, base);
  printf(", %d\n", small);
}

static void real(const char* text) {
  char* end;
  errno = 0;
  double value = strtod(text, &end);
  int error = errno;
  errno = 0;
  float single = strtof(text, NULL);
  printf("<%s>: %a%s, rest <%s>, %a%s\n", text, value, error == ERANGE ? " range" : "", end, single,
         errno == ERANGE ? " range" : "");
}

int main(void) {
  static const char* const integers[] = {"0",
                                         "-0",
                                         "42abc",
                                         "  \t+17",
                                         "- 5",
                                         "--5",
                                         "0x7f",
                                         "0X",
                                         "0xg",
                                         "077",
                                         "08",
                                         "",
                                         "9223372036854775807",
                                         "9223372036854775808",
                                         "-9223372036854775808",
                                         "-9223372036854775809",
                                         "18446744073709551615",
                                         "18446744073709551616",
                                         "-18446744073709551615",
                                         "zZ",
                                         "1_000",
                                         "\v\f 3"};
  for (unsigned i = 0; i < sizeof integers / sizeof integers[0]; i++) {
    integer(integers[i], 0);
    integer(integers[i], 10);
  }
  integer("zz", 36);
  integer("1012", 2);
  integer("0x10", 16);
  integer("5", 1);
  integer("5", 37);
  integer("5", -3);
  static const char* const reals[] = {"1",
                                      "-0",
                                      ".5",
                                      "5.e1",
                                      "1e",
                                      "1e+5",
                                      "0x1p4",
                                      "0x.8",
                                      "0x",
                                      "0x1.fffffffffffff8p0",
                                      "0x1.fffffffffffff7p0",
                                      "inf",
                                      "Infinity!",
                                      "-nan",
                                      "nan(abc)",
                                      "nan(",
                                      "1e308",
                                      "1.7976931348623157e308",
                                      "1.7976931348623159e308",
                                      "4.9e-324",
                                      "2.4703282292062327e-324",
                                      "2.4703282292062328e-324",
                                      "2.2250738585072011e-308",
                                      "1e-400",
                                      "9007199254740993",
                                      "9007199254740992.99999999999999999999",
                                      "0.1",
                                      "123456789012345678901234567890",
                                      "1.00000005960464477539",
                                      "1.000000059604644775390625",
                                      "1.0000000596046447753906250001",
                                      "3.4028235677973366e38",
                                      "3.4028235677973362e38",
                                      "7.0064923216240853e-46",
                                      "7.0064923216240854e-46",
                                      "  -12.5e-1xyz",
                                      "1e99999999999",
                                      "0e99999999999",
                                      "1,5"};
  for (unsigned i = 0; i < sizeof reals / sizeof reals[0]; i++) real(reals[i]);
  // 770 digits, of which the last decides.
  char digits[800];
  strcpy(digits, "1.00000000000000011102230246251565404236316680908203125");
  real(digits);
  memset(digits + strlen(digits), '0', 700);
  digits[753] = 0;
  real(digits);
  digits[752] = '1';
  SHOW(strtod(digits, NULL) > 1);
  SHOW(atoi("  -42xyz"));
  SHOW(atoll("9223372036854775807"));
  printf("%a\n", atof("2.5e3"));
  printf("%.17Lg\n", strtold("0.1", NULL) - 0.1L);
  printf("%s %s\n", gcvt(0.1, 8, digits), ecvt(12.345, 4, &(int){0}, &(int){0}));
  printf("%ld %s\n", a64l("zz./"), l64a(a64l("zz./")));
  char text[32];
  SHOW(strfromd(text, sizeof text, "%.3g", 1234.5));
  puts(text);
  return 0;
}
