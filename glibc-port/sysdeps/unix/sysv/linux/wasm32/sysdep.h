/* How a system call is made: one of the two places (the other is syscall-template.S).  */
#ifndef _LINUX_WASM32_SYSDEP_H
#define _LINUX_WASM32_SYSDEP_H 1

#include <sysdeps/unix/sysdep.h>
#include <sysdeps/unix/sysv/linux/sysdep.h>
#include <make-syscall.h>
#include <tls.h>
#include <dl-sysdep.h>

#undef SYS_ify
#define SYS_ify(name) __NR_##name

/* An offset goes in one argument.  */
#undef LO_HI_LONG
#define LO_HI_LONG(value) (value)

#ifndef __ASSEMBLER__

/* Pointers and arrays are zero-extended, integers by their own sign.  */
#define SYSCALL_ARGUMENT(x) \
  (__builtin_classify_type(x) == 5 ? (long long int)(uintptr_t)(x) : (long long int)(x))

#define SYSCALL_PAD_0(number, name, nothing...) MAKE_SYSCALL(number, name, 0, 0, 0, 0, 0, 0)
#define SYSCALL_PAD_1(number, name, a) \
  MAKE_SYSCALL(number, name, SYSCALL_ARGUMENT(a), 0, 0, 0, 0, 0)
#define SYSCALL_PAD_2(number, name, a, b) \
  MAKE_SYSCALL(number, name, SYSCALL_ARGUMENT(a), SYSCALL_ARGUMENT(b), 0, 0, 0, 0)
#define SYSCALL_PAD_3(number, name, a, b, c) \
  MAKE_SYSCALL(number, name, SYSCALL_ARGUMENT(a), SYSCALL_ARGUMENT(b), SYSCALL_ARGUMENT(c), 0, 0, 0)
#define SYSCALL_PAD_4(number, name, a, b, c, d)                                             \
  MAKE_SYSCALL(number, name, SYSCALL_ARGUMENT(a), SYSCALL_ARGUMENT(b), SYSCALL_ARGUMENT(c), \
               SYSCALL_ARGUMENT(d), 0, 0)
#define SYSCALL_PAD_5(number, name, a, b, c, d, e)                                          \
  MAKE_SYSCALL(number, name, SYSCALL_ARGUMENT(a), SYSCALL_ARGUMENT(b), SYSCALL_ARGUMENT(c), \
               SYSCALL_ARGUMENT(d), SYSCALL_ARGUMENT(e), 0)
#define SYSCALL_PAD_6(number, name, a, b, c, d, e, f)                                       \
  MAKE_SYSCALL(number, name, SYSCALL_ARGUMENT(a), SYSCALL_ARGUMENT(b), SYSCALL_ARGUMENT(c), \
               SYSCALL_ARGUMENT(d), SYSCALL_ARGUMENT(e), SYSCALL_ARGUMENT(f))
/* No system call has seven arguments; syscall () passes what it was given.  */
#define SYSCALL_PAD_7(number, name, a, b, c, d, e, f, ignored) \
  SYSCALL_PAD_6(number, name, a, b, c, d, e, f)

/* Both have type long long int; nearly all callers narrow it, lseek and times do not.  */
#undef INTERNAL_SYSCALL
#define INTERNAL_SYSCALL(name, count, args...) \
  SYSCALL_PAD_##count(SYS_ify(name), "syscall|" #name, ##args)
#undef INTERNAL_SYSCALL_NCS
#define INTERNAL_SYSCALL_NCS(number, count, args...) SYSCALL_PAD_##count(number, "syscall|", ##args)

/* VALUE is the result in 64 bits, or what a caller kept of it in 32.  */
#undef INTERNAL_SYSCALL_ERROR_P
#define INTERNAL_SYSCALL_ERROR_P(value)                            \
  (sizeof(value) == 8 ? (unsigned long long int)(value) > -4096ULL \
                      : (unsigned long int)(value) > -4096UL)

#endif

/* Function pointers are table indices, out of a guest's reach to forge code by.  */
#define PTR_MANGLE(value) (void)(value)
#define PTR_DEMANGLE(value) (void)(value)

#endif
