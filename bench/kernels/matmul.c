// Stresses: floats; dense double matrix product whose inner loop vectorises without reordering.
#include "harness.h"

enum { kSize = 320, kRepeats = 4 };
static double left[kSize][kSize], right[kSize][kSize], product[kSize][kSize];

static void kernel_setup(void) {
  uint32_t state = harness_seed;
  for (int i = 0; i < kSize; i++) {
    for (int j = 0; j < kSize; j++) {
      left[i][j] = (double)(random_next(&state) % 2001) / 1000.0 - 1.0;
      right[i][j] = (double)(random_next(&state) % 2001) / 1000.0 - 1.0;
    }
  }
}

static uint64_t kernel_round(void) {
  memset(product, 0, sizeof product);
  for (int repeat = 0; repeat < kRepeats; repeat++) {
    for (int i = 0; i < kSize; i++) {
      for (int k = 0; k < kSize; k++) {
        double scale = left[i][k];
        for (int j = 0; j < kSize; j++) product[i][j] += scale * right[k][j];
      }
    }
  }
  uint64_t checksum = 0;
  for (int i = 0; i < kSize; i++) checksum = checksum_add_double(checksum, product[i][i]);
  return checksum;
}
