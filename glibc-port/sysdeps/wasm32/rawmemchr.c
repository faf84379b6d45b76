/* See vector-search.h.  */
#include <string.h>
#include <vector-search.h>

#undef rawmemchr
#undef __rawmemchr
void *
__rawmemchr (const void *area, int wanted)
{
  const v128_t byte = wasm_i8x16_splat (wanted);
  unsigned int found = equal_bytes_from (area, byte);
  if (found != 0)
    return (char *) area + __builtin_ctz (found);
  const v128_t *vector = vector_at (area);
  do
    found = equal_bytes (*++vector, byte);
  while (found == 0);
  return (char *) vector + __builtin_ctz (found);
}
libc_hidden_def (__rawmemchr)
weak_alias (__rawmemchr, rawmemchr)
