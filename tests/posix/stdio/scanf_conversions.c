// sscanf: every conversion, widths, suppression, sets, and where it stops.
#include "../report.h"

#include <stdint.h>
#include <stdlib.h>

static void integers(const char* text, const char* format) {
  int a = -99, b = -99, c = -99;
  int count = sscanf(text, format, &a, &b, &c);
  printf("<%s> %s: %d: %d %d %d\n", text, format, count, a, b, c);
}

static void strings(const char* text, const char* format) {
  char a[32] = "-", b[32] = "-", c[32] = "-";
  int count = sscanf(text, format, a, b, c);
  printf("<%s> %s: %d: <%s> <%s> <%s>\n", text, format, count, a, b, c);
}

static void floats(const char* text) {
  double value = -99;
  int length = -1;
  int count = sscanf(text, "%lf%n", &value, &length);
  printf("<%s>: %d: %a, %d\n", text, count, value, length);
}

int main(void) {
  integers("1 -2 +3", "%d%d%d");
  integers("12345", "%2d%2d%d");
  integers("0x1f 010 9", "%i%i%i");
  integers("0x", "%i%n");
  integers("ff 0xFF -1", "%x%x%x");
  integers("777 8", "%o%o");
  integers("  5,6", "%d,%d");
  integers("  5 ,6", "%d,%d");
  integers("  5 ,6", "%d ,%d");
  integers("1 2 3", "%d%*d%d");
  integers("", "%d");
  integers("   ", "%d");
  integers("abc", "%d");
  integers("5abc", "%dabc%n");
  integers("+-5", "%d");
  integers("3 2", "%2$d%1$d");
  integers("12%34", "%d%%%d");
  integers("1e5", "%d%n");
  strings("one two three", "%s%s%s");
  strings("one two", "%3c%c%s");
  strings("abc123", "%[a-z]%[0-9]");
  strings("abc]x", "%[]abc]%s");
  strings("a-b^c", "%[a^-]%s");
  strings("key = value", "%[^= ]%*[ =]%s");
  strings("xyz", "%[a-c]%s");
  strings("truncated", "%4s%3s%s");
  strings("  lead", "%c%s");
  strings("a\tb\nc", "%s %s %s");
  static const char* const numbers[] = {"1.5",     "-1e3x",     ".5",    "5.",        ".",
                                        "0x1.8p3", "0x.p1",     "inf",   "-INFINITY", "infin",
                                        "nan",     "nan(12)",   "1e",    "1e+",       "1e400",
                                        "-1e-400", "0x1p-1075", "1_000", "+.e5",      "000.0001e4"};
  for (unsigned i = 0; i < sizeof numbers / sizeof numbers[0]; i++) floats(numbers[i]);
  float single = 0;
  long double extended = 0;
  SHOW(sscanf("0.1 0.5", "%f %Lf", &single, &extended));
  printf("%a %Lf\n", single, extended);
  signed char tiny = 0;
  short small = 0;
  long long large = 0;
  intmax_t most = 0;
  size_t size = 0;
  SHOW(sscanf("300 70000 9223372036854775808 -5 7", "%hhd %hd %lld %jd %zu", &tiny, &small, &large,
              &most, &size));
  printf("%d %d %lld %jd %zu\n", tiny, small, large, most, size);
  char* allocated = NULL;
  SHOW(sscanf("allocated text", "%ms", &allocated));
  printf("%s\n", allocated);
  free(allocated);
  SHOW(sscanf("set of characters", "%m[a-z ]", &allocated));
  printf("%s\n", allocated);
  void* pointer = NULL;
  SHOW(sscanf("0x1234 (nil)", "%p", &pointer));
  printf("%d\n", pointer == (void*)0x1234);
  wchar_t wide[8];
  SHOW(sscanf("wide", "%ls", wide));
  printf("%ls\n", wide);
  return 0;
}
