/* There are no registers to trace.  */
#ifndef _ASM_WASM32_PTRACE_H
#define _ASM_WASM32_PTRACE_H

struct pt_regs {
  unsigned long long reserved[2];
};

#endif
