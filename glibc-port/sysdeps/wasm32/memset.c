/* memory.fill; see memcpy.c.  */
#include <string.h>

#undef memset
void* memset(void* destination, int value, size_t size) {
  return __builtin_memset(destination, value, size);
}
libc_hidden_builtin_def(memset)
