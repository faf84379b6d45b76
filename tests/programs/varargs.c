// Variable arguments of mixed types, forwarded too.
#include <stdarg.h>
#include <stdio.h>

static double sum(const char* kinds, ...) {
  va_list arguments, again;
  va_start(arguments, kinds);
  va_copy(again, arguments);
  double total = 0;
  for (int round = 0; round < 2; round++) {
    va_list* list = round == 0 ? &arguments : &again;
    for (const char* kind = kinds; *kind; kind++) {
      switch (*kind) {
        case 'i':
          total += va_arg(*list, int);
          break;
        case 'l':
          total += (double)va_arg(*list, long long);
          break;
        case 'd':
          total += va_arg(*list, double);
          break;
        case 's':
          total += va_arg(*list, const char*)[0];
          break;
      }
    }
  }
  va_end(again);
  va_end(arguments);
  return total;
}

static void print(const char* format, ...) {
  va_list arguments;
  va_start(arguments, format);
  char text[200];
  vsnprintf(text, sizeof text, format, arguments);
  va_end(arguments);
  puts(text);
}

int main(void) {
  printf("%g\n", sum(""));
  printf("%g\n", sum("iiiiiiiiiiii", 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12));
  printf("%g\n", sum("ildsdli", 1, 2000000000000LL, 0.5, "A", 0.25, -1LL, -7));
  print("%d %s %lld %f %c %x", 1, "two", 3LL, 4.0, '5', 6);
}
