/* Kernel types of the x32 model: `long' of the kernel has 64 bits, pointers of the program 32.  */
#ifndef _ASM_WASM32_POSIX_TYPES_H
#define _ASM_WASM32_POSIX_TYPES_H

#define __kernel_long_t __kernel_long_t
typedef long long __kernel_long_t;
typedef unsigned long long __kernel_ulong_t;

#include <asm-generic/posix_types.h>

#endif
