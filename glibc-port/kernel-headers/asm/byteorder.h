/* wasm is little-endian.  */
#ifndef _ASM_WASM32_BYTEORDER_H
#define _ASM_WASM32_BYTEORDER_H

#include <linux/byteorder/little_endian.h>

#endif
