/* memory.copy; see memcpy.c.  */
#define NO_MEMPCPY_STPCPY_REDIRECT
#include <string.h>

#undef mempcpy
#undef __mempcpy
void* __mempcpy(void* restrict destination, const void* restrict source, size_t size) {
  __builtin_memcpy(destination, source, size);
  return (char*)destination + size;
}
libc_hidden_def(__mempcpy) weak_alias(__mempcpy, mempcpy) libc_hidden_builtin_def(mempcpy)
