// ssize_t is the signed type of size_t, and SSIZE_MAX is of it.
#include <limits.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/types.h>

int main(void) {
  printf("%d\n", _Generic(SSIZE_MAX, ssize_t: 1, default: 0));
  printf("%d\n", _Generic((ssize_t)0, ptrdiff_t: 1, default: 0));
  printf("%d\n",
         _Generic((size_t)0, unsigned long: _Generic((ssize_t)0, long: 1, default: 0), default: 1));
  printf("%d\n", (size_t)SSIZE_MAX == (size_t)-1 / 2);
  return 0;
}
