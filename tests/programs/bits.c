// Counting, rotating and reversing bits; a checksum.
#include <stdint.h>
#include <stdio.h>

static uint32_t rotate(uint32_t x, unsigned n) { return x << (n & 31) | x >> (-n & 31); }
static uint64_t rotate64(uint64_t x, unsigned n) { return x << (n & 63) | x >> (-n & 63); }
static uint32_t reverse(uint32_t x) {
  uint32_t result = 0;
  for (int i = 0; i < 32; i++) result |= (x >> i & 1) << (31 - i);
  return result;
}
static uint32_t crc(const char* text) {
  uint32_t value = ~0u;
  for (; *text; text++) {
    value ^= (uint8_t)*text;
    for (int i = 0; i < 8; i++) value = value >> 1 ^ (0xedb88320u & -(value & 1));
  }
  return ~value;
}

int main(void) {
  uint32_t x = 1;
  uint64_t y = 0x9e3779b97f4a7c15;
  for (unsigned i = 0; i < 40; i++) {
    printf("%d %d %d %d %d %d ", __builtin_popcount(x), __builtin_clz(x), __builtin_ctz(x),
           __builtin_popcountll(y), __builtin_clzll(y), __builtin_ctzll(y));
    printf("%08x %016llx %08x %08x\n", rotate(x, i), (unsigned long long)rotate64(y, i), reverse(x),
           __builtin_bswap32(x));
    x = x * 69069 + 1;
    x |= x == 0;
    y = y * 6364136223846793005ull + 1442695040888963407ull;
  }
  printf("%08x\n", crc("The quick brown fox jumps over the lazy dog"));
  printf("%d %d %d\n", (int8_t)200, (int16_t)40000, (uint8_t)-1);
}
