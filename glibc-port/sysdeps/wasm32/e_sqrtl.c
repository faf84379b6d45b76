/* ldbl-128 has no square root; soft-fp has the operation.  */
#include <stdlib.h>
#include <soft-fp.h>
#include <quad.h>
#include <libm-alias-finite.h>

long double __ieee754_sqrtl(const long double a) {
  FP_DECL_EX;
  FP_DECL_Q(A);
  FP_DECL_Q(C);
  long double c;

  FP_INIT_ROUNDMODE;
  FP_UNPACK_Q(A, a);
  FP_SQRT_Q(C, A);
  FP_PACK_Q(c, C);
  FP_HANDLE_EXCEPTIONS;
  return c;
}
libm_alias_finite(__ieee754_sqrtl, __sqrtl)
