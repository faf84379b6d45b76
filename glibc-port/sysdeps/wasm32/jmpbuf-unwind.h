/* Whether a longjmp leaves a frame: compares addresses in the C stack.  */
#include <setjmp.h>
#include <stdint.h>
#include <jmpbuf-offsets.h>

#define _JMPBUF_UNWINDS(jmpbuf, address, demangle) \
  ((void*)(address) < (void*)(jmpbuf)[__JMP_BUF_SP])
#define _JMPBUF_UNWINDS_ADJ(jmpbuf, address, adjustment) \
  ((uintptr_t)(address) - (adjustment) < (uintptr_t)(jmpbuf)[__JMP_BUF_SP] - (adjustment))

#define __libc_unwind_longjmp(buffer, value) __libc_longjmp(buffer, value)
