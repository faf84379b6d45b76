/* See vector-search.h.  */
#include <string.h>
#include <vector-search.h>

#undef memchr
void *
__memchr (const void *area, int wanted, size_t size)
{
  if (size == 0)
    return NULL;
  const v128_t byte = wasm_i8x16_splat (wanted);
  const char *start = area;
  /* Sizes may be larger than what is there, as strnlen has it.  */
  const char *end = size > UINTPTR_MAX - (uintptr_t) start ? (const char *) UINTPTR_MAX : start + size;
  unsigned int found = equal_bytes_from (start, byte);
  const char *at = start;
  const v128_t *vector = vector_at (start);
  while (found == 0)
    {
      ++vector;
      if ((const char *) vector >= end)
        return NULL;
      found = equal_bytes (*vector, byte);
      at = (const char *) vector;
    }
  at += __builtin_ctz (found);
  return at < end ? (void *) at : NULL;
}
weak_alias (__memchr, memchr)
libc_hidden_builtin_def (memchr)
