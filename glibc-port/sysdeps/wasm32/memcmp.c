/* Sixteen bytes at a time; both areas are known to be there.  */
#include <string.h>
#include <wasm_simd128.h>

#undef memcmp
int
memcmp (const void *left, const void *right, size_t size)
{
  const unsigned char *one = left, *other = right;
  for (; size >= sizeof (v128_t); size -= sizeof (v128_t))
    {
      const v128_t different = wasm_i8x16_ne (wasm_v128_load (one), wasm_v128_load (other));
      if (wasm_v128_any_true (different))
        {
          const int i = __builtin_ctz (wasm_i8x16_bitmask (different));
          return one[i] - other[i];
        }
      one += sizeof (v128_t);
      other += sizeof (v128_t);
    }
  for (; size != 0; --size, ++one, ++other)
    if (*one != *other)
      return *one - *other;
  return 0;
}
#undef bcmp
weak_alias (memcmp, bcmp)
#undef __memcmpeq
strong_alias (memcmp, __memcmpeq)
libc_hidden_builtin_def (memcmp)
libc_hidden_def (__memcmpeq)
