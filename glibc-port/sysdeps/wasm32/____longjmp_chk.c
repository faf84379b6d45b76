/* The fortified longjmp: throwing to a frame that is gone traps by itself.  */
#include <setjmp.h>

void ____longjmp_chk(__jmp_buf buffer, int value) { __longjmp(buffer, value); }
