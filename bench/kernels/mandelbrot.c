// Stresses: floats; a data-dependent loop of dependent multiplications, no memory traffic.
#include "harness.h"

enum { kWidth = 320, kHeight = 240, kMaxIterations = 600 };
static uint16_t image[kHeight][kWidth];

static void kernel_setup(void) {}

static int escape_time(double cx, double cy) {
  double x = 0, y = 0;
  int i = 0;
  for (; i < kMaxIterations; i++) {
    double xx = x * x, yy = y * y;
    if (xx + yy > 4.0) break;
    y = 2.0 * x * y + cy;
    x = xx - yy + cx;
  }
  return i;
}

static uint64_t kernel_round(void) {
  double shift = (double)(harness_seed & 7) / 1000.0;
  uint64_t checksum = 0;
  for (int row = 0; row < kHeight; row++) {
    for (int column = 0; column < kWidth; column++) {
      double cx = 3.0 * column / kWidth - 2.2 + shift;
      double cy = 2.4 * row / kHeight - 1.2;
      image[row][column] = (uint16_t)escape_time(cx, cy);
      checksum += (uint64_t)image[row][column] * (uint64_t)(column + 1);
    }
  }
  return checksum;
}
