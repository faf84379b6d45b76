// Stresses: vectors; explicit 128-bit vector code (clang's vector extension): byte alpha blending
// with widening multiplication, shuffles and comparisons.
#include "harness.h"

typedef uint8_t Bytes __attribute__((vector_size(16)));
typedef int8_t SignedBytes __attribute__((vector_size(16)));
typedef uint8_t HalfBytes __attribute__((vector_size(8)));
typedef uint16_t Words __attribute__((vector_size(16)));

enum { kVectors = 4096, kPasses = 3000 };
static Bytes front[kVectors], back[kVectors], result[kVectors];

static void kernel_setup(void) {
  uint32_t state = harness_seed;
  for (int i = 0; i < kVectors; i++) {
    for (int k = 0; k < 16; k++) {
      front[i][k] = (uint8_t)random_next(&state);
      back[i][k] = (uint8_t)random_next(&state);
    }
  }
}

static inline Words low_half(Bytes v) {
  HalfBytes half = __builtin_shufflevector(v, v, 0, 1, 2, 3, 4, 5, 6, 7);
  return __builtin_convertvector(half, Words);
}

static inline Words high_half(Bytes v) {
  HalfBytes half = __builtin_shufflevector(v, v, 8, 9, 10, 11, 12, 13, 14, 15);
  return __builtin_convertvector(half, Words);
}

static inline Words blend(Words a, Words b, Words alpha) {
  return (a * alpha + b * (256 - alpha)) >> 8;
}

NOINLINE static void pass(uint16_t level) {
  Words alpha = (Words){} + level;
  Bytes limit = (Bytes){} + (uint8_t)200;
  for (int i = 0; i < kVectors; i++) {
    Bytes a = front[i];
    // Swaps neighbouring bytes, as pixel format conversions do.
    Bytes b = __builtin_shufflevector(back[i], back[i], 1, 0, 3, 2, 5, 4, 7, 6, 9, 8, 11, 10, 13,
                                      12, 15, 14);
    HalfBytes low = __builtin_convertvector(blend(low_half(a), low_half(b), alpha), HalfBytes);
    HalfBytes high = __builtin_convertvector(blend(high_half(a), high_half(b), alpha), HalfBytes);
    Bytes mixed =
        __builtin_shufflevector(low, high, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    Bytes over = (Bytes)(mixed > limit);
    result[i] += (mixed & ~over) | (limit & over);
  }
}

static uint64_t kernel_round(void) {
  memset(result, 0, sizeof result);
  for (int i = 0; i < kPasses; i++) pass((uint16_t)(i & 255));
  uint64_t checksum = 0;
  for (int i = 0; i < kVectors; i++) {
    for (int k = 0; k < 16; k++) checksum = checksum_add(checksum, result[i][k]);
  }
  return checksum;
}
