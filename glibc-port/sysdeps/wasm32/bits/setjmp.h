/* The words that LLVM's setjmp lowering keeps: frame, label, and the thrown {buffer, value}.  */
#ifndef _BITS_SETJMP_H
#define _BITS_SETJMP_H 1

#if !defined _SETJMP_H && !defined _PTHREAD_H
#error "Never include <bits/setjmp.h> directly; use <setjmp.h> instead."
#endif

#ifndef _ASM
typedef int __jmp_buf[6];
#endif

#endif
