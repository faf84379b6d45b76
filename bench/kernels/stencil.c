// Stresses: loops; five-point stencil over doubles, two nested loops with neighbour loads.
#include "harness.h"

enum { kSize = 512, kSteps = 200 };
static double grid_a[kSize][kSize], grid_b[kSize][kSize];

static void kernel_setup(void) {}

NOINLINE static void step(const double (*from)[kSize], double (*to)[kSize]) {
  for (int y = 1; y < kSize - 1; y++) {
    for (int x = 1; x < kSize - 1; x++) {
      double sides = from[y - 1][x] + from[y + 1][x] + from[y][x - 1] + from[y][x + 1];
      to[y][x] = 0.6 * from[y][x] + 0.1 * sides;
    }
  }
}

static uint64_t kernel_round(void) {
  uint32_t state = harness_seed;
  for (int y = 0; y < kSize; y++) {
    for (int x = 0; x < kSize; x++) {
      grid_a[y][x] = grid_b[y][x] = (double)(random_next(&state) & 1023);
    }
  }
  for (int i = 0; i < kSteps; i += 2) {
    step(grid_a, grid_b);
    step(grid_b, grid_a);
  }
  uint64_t checksum = 0;
  for (int i = 0; i < kSize; i++)
    checksum = checksum_add_double(checksum, grid_a[i][kSize - i - 1]);
  return checksum;
}
