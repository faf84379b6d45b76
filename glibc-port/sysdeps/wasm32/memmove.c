/* memory.copy, which allows overlap; see memcpy.c.  */
#include <string.h>

#undef memmove
void* memmove(void* destination, const void* source, size_t size) {
  return __builtin_memmove(destination, source, size);
}
libc_hidden_builtin_def(memmove)
