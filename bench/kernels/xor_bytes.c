// Stresses: byte loops; combines buffers byte by byte and counts matches, which native compilers
// vectorise and which wasm without SIMD leaves scalar.
#include "harness.h"

enum { kLength = 30000, kPasses = 2400 };
static uint8_t buffer_a[kLength], buffer_b[kLength];

static void kernel_setup(void) {}

NOINLINE static uint32_t combine(uint8_t* a, const uint8_t* b, int n) {
  uint32_t equal = 0;
  for (int i = 0; i < n; i++) {
    a[i] ^= b[i];
    equal += a[i] == 7;
  }
  return equal;
}

static uint64_t kernel_round(void) {
  uint32_t state = harness_seed;
  for (int i = 0; i < kLength; i++) {
    buffer_a[i] = (uint8_t)random_next(&state);
    buffer_b[i] = (uint8_t)random_next(&state);
  }
  uint64_t checksum = 0;
  for (int pass = 0; pass < kPasses; pass++) {
    int n = kLength - (pass & 31);
    checksum += combine(buffer_a, buffer_b, n);
    checksum += combine(buffer_b, buffer_a, n);
  }
  return checksum_add(checksum, buffer_a[5]);
}
