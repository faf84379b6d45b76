/* wasm has an instruction for nearbyint of float and double, none for long double.  */
#define USE_NEARBYINT_BUILTIN 1
#define USE_NEARBYINTF_BUILTIN 1
#define USE_NEARBYINTL_BUILTIN 0
#define USE_NEARBYINTF128_BUILTIN 0
