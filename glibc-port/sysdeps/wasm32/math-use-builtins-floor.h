/* wasm has an instruction for floor of float and double, none for long double.  */
#define USE_FLOOR_BUILTIN 1
#define USE_FLOORF_BUILTIN 1
#define USE_FLOORL_BUILTIN 0
#define USE_FLOORF128_BUILTIN 0
