/* vfork returns twice in C: whether memory is shared until exec is the runtime's decision.  */
#include <sysdep.h>
#include <unistd.h>

pid_t __vfork(void) { return INLINE_SYSCALL_CALL(vfork); }
libc_hidden_def(__vfork) weak_alias(__vfork, vfork) strong_alias(__vfork, __libc_vfork)
