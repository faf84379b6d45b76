// va_list: copies, structures, wide and small types, many arguments, passing it on.
#include "../report.h"

#include <stdarg.h>
#include <wchar.h>

struct small {
  char letters[3];
};
struct large {
  double numbers[5];
  int last;
};

static double sum(int count, ...) {
  va_list arguments, again;
  double total = 0;
  va_start(arguments, count);
  va_copy(again, arguments);
  for (int i = 0; i < count; i++)
    total += i % 2 ? va_arg(arguments, double) : va_arg(arguments, int);
  for (int i = 0; i < count; i++)
    total += 1000 * (i % 2 ? va_arg(again, double) : va_arg(again, int));
  va_end(again);
  va_end(arguments);
  return total;
}

static void mixed(const char* types, ...) {
  va_list arguments;
  va_start(arguments, types);
  for (; *types != 0; types++) {
    switch (*types) {
      case 'c':
        printf("%c ", va_arg(arguments, int));
        break;
      case 'i':
        printf("%d ", va_arg(arguments, int));
        break;
      case 'l':
        printf("%lld ", va_arg(arguments, long long));
        break;
      case 'd':
        printf("%g ", va_arg(arguments, double));
        break;
      case 'L':
        printf("%Lg ", va_arg(arguments, long double));
        break;
      case 's':
        printf("%s ", va_arg(arguments, const char*));
        break;
      case 'w':
        printf("%lc ", va_arg(arguments, wint_t));
        break;
      case 'S': {
        struct small small = va_arg(arguments, struct small);
        printf("%c%c%c ", small.letters[0], small.letters[1], small.letters[2]);
        break;
      }
      case 'G': {
        struct large large = va_arg(arguments, struct large);
        printf("%g:%d ", large.numbers[0] + large.numbers[4], large.last);
        break;
      }
    }
  }
  puts("");
  va_end(arguments);
}

static int pass_on(char* to, size_t size, const char* format, ...) {
  va_list arguments;
  va_start(arguments, format);
  int length = vsnprintf(to, size, format, arguments);
  va_end(arguments);
  return length;
}

static int consume(va_list* arguments) { return va_arg(*arguments, int); }

static int by_pointer(int count, ...) {
  va_list arguments;
  int total = 0;
  va_start(arguments, count);
  while (count-- > 0) total = total * 10 + consume(&arguments);
  va_end(arguments);
  return total;
}

static int old_style(a, b)
int a;
char b;
{
  return a * 100 + b;
}

int main(void) {
  printf("%g\n", sum(20, 1, 2.5, 3, 4.5, 5, 6.5, 7, 8.5, 9, 10.5, 11, 12.5, 13, 14.5, 15, 16.5, 17,
                     18.5, 19, 20.5));
  printf("%g\n", sum(0));
  struct small small = {"xyz"};
  struct large large = {{1, 2, 3, 4, 5}, 6};
  mixed("cildLs", 'a', -5, 1LL << 40, 2.5, 3.5L, "text");
  mixed("SGSGi", small, large, small, large, 7);
  mixed("iLiLilidc", 1, 1.5L, 2, 2.5L, 3, 4LL, 5, 6.5, 'x');
  mixed("dddddddddd", 1., 2., 3., 4., 5., 6., 7., 8., 9., 10.);
  mixed("", 1, 2, 3);
  char text[32];
  SHOW(pass_on(text, sizeof text, "%s-%d-%lld", "a", 5, 1LL << 33));
  puts(text);
  SHOW(by_pointer(5, 1, 2, 3, 4, 5));
  SHOW(old_style(7, 'b'));
  float narrow = 0.1f;
  short half = -3;
  printf("%.9g %d\n", narrow, half);
  return 0;
}
