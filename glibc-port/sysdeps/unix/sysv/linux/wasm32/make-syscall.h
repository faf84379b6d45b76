/* The system-call import; its two users are sysdep.h and syscall-template.S.  */
#ifndef _LIND_MAKE_SYSCALL_H
#define _LIND_MAKE_SYSCALL_H 1

#ifndef __ASSEMBLER__
extern long long int __lind_syscall(int number, long long int, long long int, long long int,
                                    long long int, long long int, long long int)
    __attribute__((import_module("lind"), import_name("syscall")));

/* The result, or -errno in [-4095, -1]. The name is for readers and tools; it costs nothing in the
   program, since the runtime's table has every number's name.  */
#define MAKE_SYSCALL(number, name, a1, a2, a3, a4, a5, a6) \
  ((void)sizeof(name), __lind_syscall(number, a1, a2, a3, a4, a5, a6))
#endif

#endif
