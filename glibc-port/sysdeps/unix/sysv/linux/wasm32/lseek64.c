/* Keeps all 64 bits of the result, which the generic file narrows to long.  */
#include <unistd.h>
#include <sysdep.h>
#include <errno.h>

off64_t __lseek64(int fd, off64_t offset, int whence) {
  long long int result = INTERNAL_SYSCALL_CALL(lseek, fd, offset, whence);
  if (INTERNAL_SYSCALL_ERROR_P(result)) {
    __set_errno(-result);
    return -1;
  }
  return result;
}
weak_alias(__lseek64, lseek) weak_alias(__lseek64, __lseek) strong_alias(__lseek64, __libc_lseek)
    libc_hidden_def(__lseek) strong_alias(__lseek64, __libc_lseek64) weak_alias(__lseek64, lseek64)
