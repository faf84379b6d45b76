// Arithmetic of 64 and 128 bits, which wasm has in pieces: division, shifts, conversion, overflow.
#include "../report.h"

static void show(const char* name, unsigned __int128 value) {
  printf(" %s %016llx%016llx", name, (unsigned long long)(value >> 64), (unsigned long long)value);
}

int main(void) {
  static const uint64_t words[] = {0,
                                   1,
                                   2,
                                   7,
                                   0xff,
                                   0x80000000,
                                   0xffffffff,
                                   0x100000000,
                                   0x123456789abcdef0,
                                   0x7fffffffffffffff,
                                   0x8000000000000000,
                                   0xffffffffffffffff};
  enum { kCount = sizeof words / sizeof words[0] };
  for (int i = 0; i < kCount; i++) {
    for (int k = 0; k < kCount; k++) {
      volatile uint64_t a = words[i], b = words[k];
      unsigned __int128 product = (unsigned __int128)a * b,
                        value = ((unsigned __int128)a << 64 | b) ^ product;
      __int128 negative = -(__int128)(value >> 3);
      printf("%llx %llx:", (unsigned long long)a, (unsigned long long)b);
      show("product", product);
      if (b != 0) {
        printf(" %llx %llx", (unsigned long long)(a / b), (unsigned long long)(a % b));
        if (!((int64_t)a == INT64_MIN && (int64_t)b == -1))
          printf(" %lld %lld", (long long)((int64_t)a / (int64_t)b),
                 (long long)((int64_t)a % (int64_t)b));
        show("quotient", value / b);
        show("rest", (unsigned __int128)(negative % (__int128)b));
      }
      int shift = (int)(b & 127);
      show("left", value << shift);
      show("right", (unsigned __int128)(negative >> shift));
      int64_t sum;
      printf(" %d %d", __builtin_add_overflow((int64_t)a, (int64_t)b, &sum),
             __builtin_mul_overflow((int64_t)a, (int64_t)b, &sum));
      printf(" %a %a", (double)value, (float)negative);
      puts("");
    }
  }
  for (int i = 0; i < kCount; i++) {
    uint64_t a = words[i];
    printf("%d %d %d %llx %a %a\n", a ? __builtin_clzll(a) : -1, a ? __builtin_ctzll(a) : -1,
           __builtin_popcountll(a), (unsigned long long)__builtin_bswap64(a), (double)a,
           (float)(int64_t)a);
  }
  return 0;
}
