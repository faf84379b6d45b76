/* The interrupted place, for profil and SIGSEGV reports.  */
#ifndef _SIGCONTEXTINFO_H
#define _SIGCONTEXTINFO_H 1

#include <stdint.h>
#include <sys/ucontext.h>

static inline uintptr_t sigcontext_get_pc(const ucontext_t* context) {
  return context->uc_mcontext.__pc;
}

#endif
