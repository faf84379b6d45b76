// Exact float operations, and the maths library to the digits that every library agrees on.
#include <math.h>
#include <stdio.h>

int main(void) {
  static const double values[] = {0.0, -0.0, 0.5, 1.5, 2.5, -1.5, 1e10, -1e-10, 3.999999, 1e300};
  for (int i = 0; i < 10; i++) {
    volatile double x = values[i];
    printf("%.17g: %.17g %.17g %.17g %.17g %.17g %d\n", x, floor(x), ceil(x), trunc(x), rint(x),
           round(x), !!signbit(x));
    printf("  %.17g %.17g %.17g\n", sqrt(fabs(x)), x * 1.1 / 3.3, fmod(x, 0.7));
    printf("  %.17g %d\n", (double)(float)x, (int)(x < 1e9 && x > -1e9 ? x : 0));
  }
  for (double x = -3; x <= 3; x += 0.37) {
    printf("%.10f %.10f %.10f %.10f %.10f\n", sin(x), cos(x), exp(x), atan2(x, 2), tanh(x));
    if (x > 0) printf("%.10f %.10f %.10f\n", log(x), pow(x, 1.7), cbrt(x));
  }
  int exponent;
  double fraction = frexp(1234.5, &exponent), whole;
  printf("%g %d %g %g %g\n", fraction, exponent, ldexp(0.75, 10), modf(3.25, &whole), whole);
  volatile float f = 16777216.0f;
  printf("%.9g %.9g %.9g\n", f + 1.0f, f * 1.1f, f / 3.0f);
  volatile double zero = 0;
  printf("%d %d %d %d\n", isnan(zero / zero) != 0, isinf(1 / zero) != 0, 1 / zero > 0,
         -1 / zero < 0);
  printf("%g %g %g\n", fmin(1, NAN), fmax(NAN, 2), copysign(3, -0.0));
}
