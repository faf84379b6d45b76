/* See vector-search.h.  */
#include <string.h>
#include <vector-search.h>

#undef strlen
size_t
strlen (const char *text)
{
  const v128_t zero = wasm_i8x16_splat (0);
  unsigned int found = equal_bytes_from (text, zero);
  if (found != 0)
    return __builtin_ctz (found);
  const v128_t *vector = vector_at (text) + 1;
  while (wasm_i8x16_all_true (*vector))
    ++vector;
  return (const char *) vector - text + __builtin_ctz (equal_bytes (*vector, zero));
}
libc_hidden_builtin_def (strlen)
