/* What a jmp_buf holds, as clang's lowering of setjmp and longjmp fills it in.  */
#ifndef _LOWERED_JMP_BUF_H
#define _LOWERED_JMP_BUF_H

#include <setjmp.h>

struct lowered_jmp_buf {
  void* frame;
  unsigned int label;
  struct {
    void* buffer;
    int value;
  } thrown;
};
_Static_assert(sizeof(struct lowered_jmp_buf) <= sizeof(__jmp_buf), "jmp_buf too small");

#endif
