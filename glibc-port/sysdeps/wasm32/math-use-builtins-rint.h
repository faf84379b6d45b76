/* wasm has an instruction for rint of float and double, none for long double.  */
#define USE_RINT_BUILTIN 1
#define USE_RINTF_BUILTIN 1
#define USE_RINTL_BUILTIN 0
#define USE_RINTF128_BUILTIN 0
