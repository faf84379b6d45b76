/* Debuggers' view of registers, of which wasm has none; sys/procfs.h wants the types.  */
#ifndef _SYS_USER_H
#define _SYS_USER_H 1

struct user_regs_struct {
  unsigned long long int __reserved[2];
};

struct user_fpregs_struct {
  unsigned long long int __reserved[2];
};

#endif
