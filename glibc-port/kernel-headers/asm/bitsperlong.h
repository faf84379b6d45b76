/* `long' as the program sees it.  */
#ifndef _ASM_WASM32_BITSPERLONG_H
#define _ASM_WASM32_BITSPERLONG_H

#define __BITS_PER_LONG 32

#include <asm-generic/bitsperlong.h>

#endif
