// Stresses: memory copies; memcpy, memmove and memset of mixed sizes and alignments, most short.
#include "harness.h"

enum { kBuffer = 1 << 20, kOperations = 1600000 };
static uint8_t buffer_a[kBuffer], buffer_b[kBuffer];
static uint16_t sizes[4096];

static void kernel_setup(void) {
  uint32_t state = harness_seed;
  for (int i = 0; i < 4096; i++) {
    uint32_t kind = random_next(&state) & 15, limit = kind < 8 ? 32 : kind < 14 ? 256 : 8192;
    sizes[i] = (uint16_t)(random_next(&state) % limit);
  }
}

static uint64_t kernel_round(void) {
  uint32_t state = harness_seed;
  for (int i = 0; i < kBuffer; i++) buffer_a[i] = (uint8_t)(i * 7);
  memset(buffer_b, 0, sizeof buffer_b);
  for (uint32_t i = 0; i < kOperations; i++) {
    uint32_t size = sizes[i & 4095], random = random_next(&state);
    uint8_t* to = buffer_a + random % (kBuffer / 8);
    uint8_t* from = buffer_b + (random >> 8) % (kBuffer / 8);
    switch (i & 3) {
      case 0:
      case 1:
        memcpy(to, from, size);
        break;
      case 2:
        memmove(from, from + (random & 63), size);
        break;
      default:
        memset(from, (int)(random & 255), size);
        break;
    }
  }
  uint64_t checksum = 0;
  for (int i = 0; i < kBuffer / 8; i += 16) {
    checksum = checksum_add(checksum, (uint64_t)buffer_a[i] << 8 | buffer_b[i]);
  }
  return checksum;
}
