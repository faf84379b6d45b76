/* wasm has an instruction for sqrt of float and double, none for long double.  */
#define USE_SQRT_BUILTIN 1
#define USE_SQRTF_BUILTIN 1
#define USE_SQRTL_BUILTIN 0
#define USE_SQRTF128_BUILTIN 0
