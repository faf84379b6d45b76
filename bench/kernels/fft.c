// Stresses: floats; radix-2 complex FFT with bit reversal, strided loads, forward and back.
#include "harness.h"

enum { kLog = 14, kSize = 1 << kLog, kRepeats = 56 };
typedef struct {
  double re, im;
} Complex;
static Complex twiddle[kSize / 2], signal_in[kSize], data[kSize];

// Taylor series, because libraries differ in the last bit of sin and cos.
static double sine(double x) {
  double term = x, sum = x;
  for (int i = 1; i < 16; i++) {
    term *= -x * x / (double)((2 * i) * (2 * i + 1));
    sum += term;
  }
  return sum;
}

static void kernel_setup(void) {
  const double pi = 3.14159265358979323846;
  for (int i = 0; i < kSize / 2; i++) {
    double angle = 2.0 * pi * i / kSize;
    twiddle[i] = (Complex){sine(pi / 2 - angle), -sine(angle)};
  }
  uint32_t state = harness_seed;
  for (int i = 0; i < kSize; i++) {
    signal_in[i] = (Complex){(double)(random_next(&state) % 1000) - 500.0, 0.0};
  }
}

static void reorder(void) {
  for (uint32_t i = 0, j = 0; i < kSize; i++) {
    if (i < j) {
      Complex swapped = data[i];
      data[i] = data[j];
      data[j] = swapped;
    }
    uint32_t bit = kSize >> 1;
    for (; j & bit; bit >>= 1) j ^= bit;
    j |= bit;
  }
}

static void transform(double sign) {
  reorder();
  for (int half = 1; half < kSize; half *= 2) {
    int stride = kSize / (2 * half);
    for (int base = 0; base < kSize; base += 2 * half) {
      for (int k = 0; k < half; k++) {
        Complex w = twiddle[k * stride], a = data[base + k], b = data[base + k + half];
        double wi = sign * w.im;
        Complex t = {b.re * w.re - b.im * wi, b.re * wi + b.im * w.re};
        data[base + k] = (Complex){a.re + t.re, a.im + t.im};
        data[base + k + half] = (Complex){a.re - t.re, a.im - t.im};
      }
    }
  }
}

static uint64_t kernel_round(void) {
  memcpy(data, signal_in, sizeof data);
  uint64_t checksum = 0;
  for (int repeat = 0; repeat < kRepeats; repeat++) {
    transform(1.0);
    checksum = checksum_add_double(checksum, data[repeat + 1].re);
    transform(-1.0);
    for (int i = 0; i < kSize; i++) {
      data[i].re /= kSize;
      data[i].im /= kSize;
    }
  }
  return checksum_add_double(checksum, data[kSize - 1].re);
}
