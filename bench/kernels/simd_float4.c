// Stresses: vectors; explicit 4 x float code (clang's vector extension): transforms points by
// matrices with lane broadcasts and selects.
#include "harness.h"

typedef float Float4 __attribute__((vector_size(16)));
typedef int32_t Int4 __attribute__((vector_size(16)));

enum { kPoints = 4096, kPasses = 4500 };
static Float4 points[kPoints], moved[kPoints];

static void kernel_setup(void) {
  uint32_t state = harness_seed;
  for (int i = 0; i < kPoints; i++) {
    for (int k = 0; k < 4; k++) points[i][k] = (float)(random_next(&state) % 2000) / 1000.0f - 1.0f;
  }
}

static inline Float4 splat(Float4 v, int lane) {
  return (Float4){v[lane], v[lane], v[lane], v[lane]};
}

NOINLINE static void transform(const Float4* matrix, Float4 bound) {
  for (int i = 0; i < kPoints; i++) {
    Float4 p = points[i];
    Float4 q = matrix[0] * splat(p, 0) + matrix[1] * splat(p, 1) + matrix[2] * splat(p, 2) +
               matrix[3] * splat(p, 3);
    Int4 outside = q > bound;
    Float4 clamped = (Float4)(((Int4)q & ~outside) | ((Int4)bound & outside));
    moved[i] = moved[i] * 0.5f + clamped;
  }
}

static uint64_t kernel_round(void) {
  memset(moved, 0, sizeof moved);
  uint32_t state = harness_seed;
  for (int i = 0; i < kPasses; i++) {
    Float4 matrix[4];
    for (int row = 0; row < 4; row++) {
      for (int k = 0; k < 4; k++) matrix[row][k] = (float)(random_next(&state) % 64) / 32.0f - 1.0f;
    }
    transform(matrix, (Float4){0.5f, 1.0f, 1.5f, 2.0f});
  }
  uint64_t checksum = 0;
  for (int i = 0; i < kPoints; i++) {
    for (int k = 0; k < 4; k++) checksum = checksum_add_double(checksum, (double)moved[i][k]);
  }
  return checksum;
}
