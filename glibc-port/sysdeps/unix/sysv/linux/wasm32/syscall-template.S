/* C text: the functions of syscalls.list. Includes no libc header, whose prototypes would conflict.  */
#include <arch-syscall.h>
#include <make-syscall.h>

#define CONCATENATE(a, b) a##b
#define NUMBER_OF(name) CONCATENATE (__NR_, name)
#define STRING_OF(name) #name
#define NAME_OF(name) "syscall|" STRING_OF (name)
#define PARAMETERS_OF(count) CONCATENATE (PARAMETERS_, count)
#define ARGUMENTS_OF(count) CONCATENATE (ARGUMENTS_, count)

/* All parameters of the listed functions are 32-bit words; the runtime takes each argument by its own type.  */
#define PARAMETERS_0 void
#define PARAMETERS_1 unsigned long int a
#define PARAMETERS_2 PARAMETERS_1, unsigned long int b
#define PARAMETERS_3 PARAMETERS_2, unsigned long int c
#define PARAMETERS_4 PARAMETERS_3, unsigned long int d
#define PARAMETERS_5 PARAMETERS_4, unsigned long int e
#define PARAMETERS_6 PARAMETERS_5, unsigned long int f
#define ARGUMENTS_0 0, 0, 0, 0, 0, 0
#define ARGUMENTS_1 a, 0, 0, 0, 0, 0
#define ARGUMENTS_2 a, b, 0, 0, 0, 0
#define ARGUMENTS_3 a, b, c, 0, 0, 0
#define ARGUMENTS_4 a, b, c, d, 0, 0
#define ARGUMENTS_5 a, b, c, d, e, 0
#define ARGUMENTS_6 a, b, c, d, e, f
#define MAKE_SYSCALL_WITH(...) MAKE_SYSCALL (__VA_ARGS__)

extern __thread int __libc_errno __attribute__ ((tls_model ("local-exec")));

long int
SYSCALL_SYMBOL (PARAMETERS_OF (SYSCALL_NARGS))
{
  long int result
    = MAKE_SYSCALL_WITH (NUMBER_OF (SYSCALL_NAME), NAME_OF (SYSCALL_NAME),
			 ARGUMENTS_OF (SYSCALL_NARGS));
#if SYSCALL_NOERRNO
  return result;
#elif SYSCALL_ERRVAL
  return -result;
#else
  if ((unsigned long int) result > -4096UL)
    {
      __libc_errno = -result;
      return -1;
    }
  return result;
#endif
}
hidden_def (SYSCALL_SYMBOL)
