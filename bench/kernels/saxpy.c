// Stresses: vectors; float loops that compilers vectorise on their own, out of the first-level
// cache.
#include "harness.h"

enum { kLength = 6000, kPasses = 36000 };
static float x[kLength], y[kLength];

static void kernel_setup(void) {
  uint32_t state = harness_seed;
  for (int i = 0; i < kLength; i++) x[i] = (float)(random_next(&state) % 1000) / 1000.0f;
}

NOINLINE static void saxpy(float scale, const float* restrict from, float* restrict to, int n) {
  for (int i = 0; i < n; i++) to[i] = scale * from[i] + 0.5f * to[i];
}

static uint64_t kernel_round(void) {
  for (int i = 0; i < kLength; i++) y[i] = 1.0f;
  for (int pass = 0; pass < kPasses; pass++) saxpy((float)(pass & 15) * 0.0625f, x, y, kLength);
  uint64_t checksum = 0;
  for (int i = 0; i < kLength; i++) checksum = checksum_add_double(checksum, (double)y[i]);
  return checksum;
}
