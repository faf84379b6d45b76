/* wasm has an instruction for trunc of float and double, none for long double.  */
#define USE_TRUNC_BUILTIN 1
#define USE_TRUNCF_BUILTIN 1
#define USE_TRUNCL_BUILTIN 0
#define USE_TRUNCF128_BUILTIN 0
