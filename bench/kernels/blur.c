// Stresses: vectors; 3x3 blur of a byte image: loops over bytes that widen to 16 bits and narrow
// again, which compilers vectorise on their own.
#include "harness.h"

enum { kWidth = 1024, kHeight = 512, kPasses = 160 };
static uint8_t image_a[kHeight][kWidth], image_b[kHeight][kWidth];

static void kernel_setup(void) {}

NOINLINE static void blur(const uint8_t (*restrict from)[kWidth], uint8_t (*restrict to)[kWidth]) {
  for (int y = 1; y < kHeight - 1; y++) {
    const uint8_t *above = from[y - 1], *row = from[y], *below = from[y + 1];
    for (int x = 1; x < kWidth - 1; x++) {
      uint16_t sides = (uint16_t)(above[x] + below[x] + row[x - 1] + row[x + 1]);
      uint16_t corners = (uint16_t)(above[x - 1] + above[x + 1] + below[x - 1] + below[x + 1]);
      to[y][x] = (uint8_t)((4 * row[x] + 2 * sides + corners + 8) >> 4);
    }
  }
}

static uint64_t kernel_round(void) {
  uint32_t state = harness_seed;
  for (int y = 0; y < kHeight; y++) {
    for (int x = 0; x < kWidth; x++) image_a[y][x] = image_b[y][x] = (uint8_t)random_next(&state);
  }
  for (int pass = 0; pass < kPasses; pass += 2) {
    blur(image_a, image_b);
    blur(image_b, image_a);
  }
  uint64_t checksum = 0;
  for (int y = 0; y < kHeight; y++) {
    for (int x = 0; x < kWidth; x += 8) checksum = checksum_add(checksum, image_a[y][x]);
  }
  return checksum;
}
