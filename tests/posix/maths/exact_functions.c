// Functions of which IEEE 754 or C defines every bit: rounding, remainders, scaling, neighbours.
#include "../report.h"

#include <fenv.h>
#include <float.h>
#include <math.h>

static const double values[] = {0.0,
                                -0.0,
                                0.5,
                                -0.5,
                                1.5,
                                2.5,
                                -2.5,
                                0.49999999999999994,
                                4503599627370495.5,
                                4503599627370496.5,
                                9007199254740993.0,
                                1e300,
                                -1e-300,
                                5e-324,
                                DBL_MAX,
                                DBL_MIN,
                                3.7,
                                -3.2,
                                1.0 / 3,
                                INFINITY,
                                -INFINITY};
enum { kCount = sizeof values / sizeof values[0] };

int main(void) {
  for (int i = 0; i < kCount; i++) {
    double x = values[i], whole;
    int exponent = 0;
    printf("%a: sqrt %a floor %a ceil %a trunc %a round %a rint %a roundeven %a\n", x,
           sqrt(fabs(x)), floor(x), ceil(x), trunc(x), round(x), rint(x), roundeven(x));
    double fraction = frexp(x, &exponent);
    if (isfinite(x)) printf("  frexp %a %d", fraction, exponent);
    fraction = modf(x, &whole);
    printf("  modf %a %a next %a %a logb %a", fraction, whole, nextafter(x, 10), nextafter(x, -10),
           logb(x));
    if (isfinite(x) && x != 0) printf(" ilogb %d", ilogb(x));
    printf("\n  scalbn %a %a ldexp %a %a\n", scalbn(x, 5), scalbn(x, -1060), ldexp(x, 1000),
           ldexp(x, -30));
    printf("  class %d%d%d%d%d significand %a\n", !!isfinite(x), !!isnormal(x), !!isinf(x),
           !!signbit(x), fpclassify(x) == FP_SUBNORMAL, x == 0 ? 0 : significand(x));
    for (int k = 0; k < kCount; k += 3) {
      double y = values[k];
      int quotient = 0;
      double remainder_and_quotient = remquo(x, y, &quotient);
      if (isnan(fmod(x, y))) {
        printf("  %a: nan", y);
      } else {
        printf("  %a: fmod %a remainder %a %a %d", y, fmod(x, y), remainder(x, y),
               remainder_and_quotient, quotient & 7);
      }
      printf(" fdim %a max %a min %a copysign %a\n", fdim(x, y), fmax(x, y), fmin(x, y),
             copysign(x, y));
    }
  }
  printf("%a %a %a\n", fma(0x1.0000000000001p0, 0x1.0000000000001p0, -1), fma(DBL_MAX, 2, -DBL_MAX),
         fma(5e-324, 0.5, 5e-324));
  printf("%a %a\n", fmaf(0x1.000002p0f, 0x1.000002p0f, -1), fmaf(FLT_MIN, FLT_MIN, 1));
  printf("%a %a %a\n", sqrtf(2), nextafterf(1, 2), nexttoward(1.0, 2.0L));
  printf("%ld %ld %lld %ld %lld\n", lrint(2.5), lround(2.5), llrint(-3.5), lroundf(-0.5f),
         llround(1e15 + 0.5));
  printf("%d %d %d %d\n", isless(1.0, NAN), isunordered(1.0, NAN), isgreater(2.0, 1.0),
         islessgreater(1.0, 1.0));
  printf("%a %a %a\n", fmax(NAN, 1), fmin(1, NAN), fdim(1, 2));
  printf("%d %d %d\n", ilogb(0) == FP_ILOGB0, ilogb(NAN) == FP_ILOGBNAN,
         ilogb(INFINITY) == INT32_MAX);
  return 0;
}
