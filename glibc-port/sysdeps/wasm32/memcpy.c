/* memory.copy; clang would turn the generic loops into calls of memcpy itself.  */
#include <string.h>

#undef memcpy
void* memcpy(void* restrict destination, const void* restrict source, size_t size) {
  return __builtin_memcpy(destination, source, size);
}
libc_hidden_builtin_def(memcpy)
