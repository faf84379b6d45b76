// printf's floating-point conversions, which are exact.
#include "../report.h"

#include <float.h>
#include <math.h>

int main(void) {
  static const double values[] = {0.0,
                                  -0.0,
                                  1.0,
                                  -1.5,
                                  0.1,
                                  123456789.0,
                                  1e15,
                                  1e16,
                                  1e17,
                                  1e100,
                                  9.5,
                                  10.5,
                                  0.5,
                                  1.5,
                                  2.5,
                                  0.05,
                                  0.00001,
                                  0.0001,
                                  99999.95,
                                  999999.5,
                                  1e-5,
                                  DBL_MAX,
                                  DBL_MIN,
                                  DBL_EPSILON,
                                  4.9406564584124654e-324,
                                  3.14159265358979312,
                                  1.0 / 3,
                                  5e-324,
                                  8.41e21,
                                  2.2250738585072011e-308};
  static const char* const formats[] = {
      "%f",    "%.0f", "%.3f",  "%#.0f", "%20.5f", "%-20.2f|", "%+f",  "% f",  "%020.3f",
      "%e",    "%.0e", "%#.0e", "%.17e", "%E",     "%g",       "%.0g", "%.3g", "%#g",
      "%.17g", "%G",   "%a",    "%.3a",  "%.0a",   "%A",       "%30a", "%'f"};
  for (unsigned f = 0; f < sizeof formats / sizeof formats[0]; f++) {
    printf("%s:", formats[f]);
    for (unsigned v = 0; v < sizeof values / sizeof values[0]; v++) {
      putchar(' ');
      printf(formats[f], values[v]);
    }
    puts("");
  }
  printf("%f %F %e %g %a %10f|%-10f|%010f|%+f\n", INFINITY, -INFINITY, INFINITY, -INFINITY,
         INFINITY, INFINITY, NAN, INFINITY, NAN);
  printf("%f %F\n", NAN, NAN);
  printf("%.60f\n%.100e\n", 0.1, 1e-300);
  printf("%.1100f\n", 4.9406564584124654e-324);
  printf("%.0f %.0f %.0f %.0f %.1f %.1f %.2f\n", 0.5, 1.5, 2.5, -0.5, 0.25, 0.35, 1.005);
  printf("%Lf %Le %Lg %.3Lf\n", 1.5L, -2.25L, 1e10L, 0.125L);
  printf("%2$.*1$f\n", 2, 3.14159);
  printf("%lf %lg\n", 2.5, 2.5);
  printf("%d%%\n", 50);
  return 0;
}
