// Stresses: integers; schoolbook multiplication of big numbers from 64 x 64 -> 128 bit products
// with carries. Wasm has no such instruction: compilers emit four products instead.
#include "harness.h"

enum { kLimbs = 64, kProducts = 7000 };
static uint64_t number_a[kLimbs], number_b[kLimbs];

static void kernel_setup(void) {
  uint32_t state = harness_seed;
  for (int i = 0; i < kLimbs; i++) {
    number_a[i] = (uint64_t)random_next(&state) << 32 | random_next(&state);
    number_b[i] = (uint64_t)random_next(&state) << 32 | random_next(&state);
  }
}

NOINLINE static void multiply(const uint64_t* a, const uint64_t* b, uint64_t* product) {
  memset(product, 0, 2 * kLimbs * sizeof *product);
  for (int i = 0; i < kLimbs; i++) {
    uint64_t carry = 0;
    for (int j = 0; j < kLimbs; j++) {
      unsigned __int128 sum = (unsigned __int128)a[i] * b[j] + product[i + j] + carry;
      product[i + j] = (uint64_t)sum;
      carry = (uint64_t)(sum >> 64);
    }
    product[i + kLimbs] = carry;
  }
}

static uint64_t kernel_round(void) {
  uint64_t a[kLimbs], product[2 * kLimbs];
  memcpy(a, number_a, sizeof a);
  for (int i = 0; i < kProducts; i++) {
    multiply(a, number_b, product);
    memcpy(a, product + kLimbs / 2, sizeof a);
    a[0] |= 1;
  }
  uint64_t checksum = 0;
  for (int i = 0; i < kLimbs; i++) checksum = checksum_add(checksum, a[i]);
  return checksum;
}
