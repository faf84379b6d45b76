/* glibc wants the type; what a handler gets is in <sys/ucontext.h>.  */
#ifndef _ASM_WASM32_SIGCONTEXT_H
#define _ASM_WASM32_SIGCONTEXT_H

struct sigcontext {
  unsigned int pc;
  unsigned int sp;
  unsigned int reserved[14];
};

#endif
