// Stresses: integers; a table lookup per byte on a dependent chain.
#include "harness.h"

enum { kLength = 1 << 20, kRepeats = 12 };
static uint8_t data[kLength];
static uint32_t table[256];

static void kernel_setup(void) {
  uint32_t state = harness_seed;
  for (int i = 0; i < kLength; i++) data[i] = (uint8_t)random_next(&state);
  for (uint32_t i = 0; i < 256; i++) {
    uint32_t entry = i;
    for (int bit = 0; bit < 8; bit++) entry = entry & 1 ? entry >> 1 ^ 0xedb88320u : entry >> 1;
    table[i] = entry;
  }
}

NOINLINE static uint32_t crc32(uint32_t crc, const uint8_t* p, size_t size) {
  crc = ~crc;
  for (size_t i = 0; i < size; i++) crc = crc >> 8 ^ table[(crc ^ p[i]) & 255];
  return ~crc;
}

static uint64_t kernel_round(void) {
  uint32_t crc = 0;
  for (int i = 0; i < kRepeats; i++) crc = crc32(crc, data, kLength);
  return crc;
}
