/* syscall (): six words from the caller. 64-bit arguments must use the proper wrapper.  */
#include "optional-arguments.h"
#include <sysdep.h>

long int syscall(long int number, ...) {
  va_list list;
  long int a[6];
  va_start(list, number);
  for (int i = 0; i < 6; ++i) a[i] = va_arg(list, long int);
  va_end(list);

  long int result = INTERNAL_SYSCALL_NCS_CALL(number, a[0], a[1], a[2], a[3], a[4], a[5]);
  if (INTERNAL_SYSCALL_ERROR_P(result)) {
    __set_errno(-result);
    return -1;
  }
  return result;
}
