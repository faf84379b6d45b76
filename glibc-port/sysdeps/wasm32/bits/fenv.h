/* wasm rounds to nearest and has no exception flags.  */
#ifndef _FENV_H
#error "Never use <bits/fenv.h> directly; include <fenv.h> instead."
#endif

enum {
  __FE_UNDEFINED = -1,
  FE_TONEAREST =
#define FE_TONEAREST 0
      FE_TONEAREST
};

/* No exception can be raised or read.  */
#define FE_ALL_EXCEPT 0

typedef unsigned int fexcept_t;
typedef unsigned int fenv_t;

#define FE_DFL_ENV ((const fenv_t*)-1)

#if __GLIBC_USE(IEC_60559_BFP_EXT_C2X)
typedef unsigned int femode_t;
#define FE_DFL_MODE ((const femode_t*)-1L)
#endif
