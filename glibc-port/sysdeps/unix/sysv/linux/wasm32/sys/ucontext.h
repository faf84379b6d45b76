/* What a SA_SIGINFO handler gets: there are no machine registers to show, only the stack pointer.
 */
#ifndef _SYS_UCONTEXT_H
#define _SYS_UCONTEXT_H 1

#include <features.h>
#include <bits/types/sigset_t.h>
#include <bits/types/stack_t.h>

typedef struct {
  unsigned int __pc;
  unsigned int __sp;
  unsigned int __reserved[14];
} mcontext_t;

typedef struct ucontext_t {
  unsigned long int uc_flags;
  struct ucontext_t* uc_link;
  stack_t uc_stack;
  mcontext_t uc_mcontext;
  sigset_t uc_sigmask;
} ucontext_t;

#endif
