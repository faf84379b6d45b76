/* See vector-search.h.  */
#include <string.h>
#include <vector-search.h>

#undef __strchrnul
#undef strchrnul
char *
__strchrnul (const char *text, int wanted)
{
  const v128_t zero = wasm_i8x16_splat (0);
  const v128_t byte = wasm_i8x16_splat (wanted);
  unsigned int found = equal_bytes_from (text, zero) | equal_bytes_from (text, byte);
  if (found != 0)
    return (char *) text + __builtin_ctz (found);
  const v128_t *vector = vector_at (text);
  v128_t either;
  do
    {
      ++vector;
      either = wasm_v128_or (wasm_i8x16_eq (*vector, zero), wasm_i8x16_eq (*vector, byte));
    }
  while (!wasm_v128_any_true (either));
  return (char *) vector + __builtin_ctz (wasm_i8x16_bitmask (either));
}
weak_alias (__strchrnul, strchrnul)
