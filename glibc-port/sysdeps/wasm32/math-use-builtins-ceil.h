/* wasm has an instruction for ceil of float and double, none for long double.  */
#define USE_CEIL_BUILTIN 1
#define USE_CEILF_BUILTIN 1
#define USE_CEILL_BUILTIN 0
#define USE_CEILF128_BUILTIN 0
