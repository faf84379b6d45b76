/* Looking for bytes sixteen at a time. Vectors are loaded from aligned addresses, so that no load reaches
   a page that holds none of the bytes that may be looked at.  */
#ifndef _VECTOR_SEARCH_H
#define _VECTOR_SEARCH_H 1

#include <stddef.h>
#include <stdint.h>
#include <wasm_simd128.h>

enum { vector_size = sizeof (v128_t) };

static inline const v128_t *
vector_at (const void *address)
{
  return (const v128_t *) ((uintptr_t) address & -(uintptr_t) vector_size);
}

/* Bit n is set where byte n is `byte' in all lanes.  */
static inline unsigned int
equal_bytes (v128_t vector, v128_t byte)
{
  return wasm_i8x16_bitmask (wasm_i8x16_eq (vector, byte));
}

/* The same for the vector that `address' lies in, without what is before it: bit 0 is the byte there.  */
static inline unsigned int
equal_bytes_from (const void *address, v128_t byte)
{
  return equal_bytes (*vector_at (address), byte) >> ((uintptr_t) address % vector_size);
}

#endif
