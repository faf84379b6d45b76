/* wasm cannot tell; soft-fp wants a choice.  */
#define TININESS_AFTER_ROUNDING 1
