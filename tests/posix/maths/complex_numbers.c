// complex.h: arithmetic, and the functions at ordinary and special values.
#include "../report.h"

#include <complex.h>
#include <math.h>

static void show(const char* name, double complex z) {
  // Tiny parts are what is left of cancellation.
  double real = fabs(creal(z)) < 1e-12 ? 0 * creal(z) : creal(z),
         imaginary = fabs(cimag(z)) < 1e-12 ? 0 * cimag(z) : cimag(z);
  printf(" %s(", name);
  if (isnan(real))
    printf("nan");
  else
    printf("%.12g", real + 0.0);
  printf(", ");
  if (isnan(imaginary))
    printf("nan)");
  else
    printf("%.12g)", imaginary + 0.0);
}

int main(void) {
  static const double complex values[] = {
      0, 1, -1, I, 1 + I, -2.5 + 0.5 * I, 3 - 4 * I, 1e-8 + 1e8 * I};
  for (unsigned i = 0; i < sizeof values / sizeof values[0]; i++) {
    double complex z = values[i];
    show("z", z);
    printf(" abs %.12g arg %.12g", cabs(z), carg(z));
    show("sqrt", csqrt(z));
    show("exp", cexp(creal(z) + I * fmod(cimag(z), 7)));
    if (z != 0) show("log", clog(z));
    show("conj", conj(z));
    show("proj", cproj(z));
    if (cabs(z) < 100) {
      show("sin", csin(z));
      show("cos", ccos(z));
      show("tanh", ctanh(z));
      show("atan", z == I ? 0 : catan(z));
      show("acos", cacos(z));
      show("pow", z == 0 ? 0 : cpow(z, 2 + 0.5 * I));
    }
    show("square", z * z);
    if (z != 0) show("quotient", (1 + 2 * I) / z);
    puts("");
  }
  double complex infinite = __builtin_complex((double)INFINITY, (double)NAN);
  printf("%g %g\n", cabs(infinite), creal(cproj(infinite)));
  double complex product =
      __builtin_complex((double)INFINITY, (double)INFINITY) * __builtin_complex(1.0, 1.0);
  printf("infinite: %d\n", isinf(creal(product)) || isinf(cimag(product)));
  printf("%.6g %.6g\n", crealf(csqrtf(-4)), cimagf(csqrtf(-4)));
  return 0;
}
