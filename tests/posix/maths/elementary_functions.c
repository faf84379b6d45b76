// exp, log, pow, sin and their like. Both sides run glibc's code; the last bits may depend on
// whether the machine has fused multiplication, so 15 digits are shown.
#include "../report.h"

#include <math.h>

static void show(const char* name, double result) {
  if (isnan(result)) {
    printf(" %s nan", name);
  } else if (fabs(result) < 1e-12) {
    // What is left of cancellation.
    printf(" %s small", name);
  } else {
    printf(" %s %.13g", name, result);
  }
}

#define FUNCTION(name) {#name, name}

int main(void) {
  static const struct {
    const char* name;
    double (*function)(double);
  } functions[] = {FUNCTION(exp),  FUNCTION(exp2),   FUNCTION(exp10),  FUNCTION(expm1),
                   FUNCTION(log),  FUNCTION(log2),   FUNCTION(log10),  FUNCTION(log1p),
                   FUNCTION(sin),  FUNCTION(cos),    FUNCTION(tan),    FUNCTION(asin),
                   FUNCTION(acos), FUNCTION(atan),   FUNCTION(sinh),   FUNCTION(cosh),
                   FUNCTION(tanh), FUNCTION(asinh),  FUNCTION(acosh),  FUNCTION(atanh),
                   FUNCTION(cbrt), FUNCTION(tgamma), FUNCTION(lgamma), FUNCTION(erf),
                   FUNCTION(erfc), FUNCTION(j0),     FUNCTION(j1),     FUNCTION(y0)};
  static const double values[] = {0,     -0.0,   1,     -1,   0.5,  2,        10,        -3.7,
                                  1e-10, 100.25, 709.5, 1e10, 1e22, INFINITY, -INFINITY, NAN};
  for (unsigned v = 0; v < sizeof values / sizeof values[0]; v++) {
    printf("%g:", values[v]);
    for (unsigned f = 0; f < sizeof functions / sizeof functions[0]; f++)
      show(functions[f].name, functions[f].function(values[v]));
    puts("");
  }
  static const double pairs[][2] = {{2, 10},   {2, 0.5},       {-8, 1.0 / 3},    {-8, 3},
                                    {0, 0},    {0, -1},        {-0.0, -3},       {1, NAN},
                                    {NAN, 0},  {INFINITY, -2}, {-INFINITY, 3},   {10, -300},
                                    {10, 308}, {10, 309},      {1.0000001, 1e8}, {0.5, 1075},
                                    {3, 4},    {1e200, 1e200}, {-1, INFINITY}};
  for (unsigned p = 0; p < sizeof pairs / sizeof pairs[0]; p++) {
    double x = pairs[p][0], y = pairs[p][1];
    printf("%g %g:", x, y);
    show("pow", pow(x, y));
    show("atan2", atan2(x, y));
    show("hypot", hypot(x, y));
    puts("");
  }
  int sign = 0;
  double sine, cosine;
  sincos(1.0, &sine, &cosine);
  printf("%.13g %.13g %.13g %d\n", sine, cosine, lgamma_r(-0.5, &sign), sign);
  printf("%.6g %.6g %.6g %.6g\n", sinf(1), expf(1), powf(2, 0.5f), logf(10));
  printf("%.13g %.13g\n", jn(2, 1.5), yn(2, 1.5));
  return 0;
}
