// Integers, strings and floats in every printf conversion.
#include <float.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>

int main(void) {
  printf("[%d] [%5d] [%-5d] [%05d] [%+d] [% d]\n", 42, 42, 42, 42, 42, 42);
  printf("[%u] [%x] [%X] [%#x] [%o] [%#o]\n", UINT_MAX, 48879, 48879, 48879, 8, 8);
  printf("[%lld] [%llu] [%hhd] [%hd]\n", LLONG_MIN, ULLONG_MAX, (signed char)-1, (short)-2);
  printf("[%c] [%s] [%10s] [%-10s] [%.2s] [%%]\n", 'x', "text", "right", "left", "cut off");
  printf("[%f] [%.0f] [%.3f] [%10.2f] [%-10.2f] [%+f]\n", 3.14159, 2.5, 2.0005, 1e3, 1e3, 1.0);
  printf("[%e] [%.2e] [%E] [%g] [%g] [%g] [%G]\n", 12345.678, 0.00012, 1e-10, 1e5, 1e6, 1e-5, 1e20);
  printf("[%a] [%a] [%.1a]\n", 1.0, 0.1, 1.999);
  printf("[%.17g] [%.17g] [%.17g]\n", 0.1, 1.0 / 3, 2.0 / 3);
  printf("[%g] [%g] [%g]\n", DBL_MAX, DBL_MIN, DBL_EPSILON);
  printf("[%f] [%f] [%f]\n", INFINITY, -INFINITY, (double)NAN);
  printf("[%*d] [%.*f] [%-*s]\n", 6, 42, 3, 2.71828, 8, "star");
  char buffer[8];
  int length = snprintf(buffer, sizeof buffer, "%s", "longer than the buffer");
  printf("[%s] %d\n", buffer, length);
  int consumed = 0;
  printf("four%n\n", &consumed);
  printf("%d\n", consumed);
}
