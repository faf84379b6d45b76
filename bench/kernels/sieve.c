// Stresses: integers; byte stores with a stride, tight counted loops.
#include "harness.h"

enum { kLimit = 2000000, kRepeats = 8 };
static uint8_t composite[kLimit + 1];

static void kernel_setup(void) {}

NOINLINE static uint64_t sieve(void) {
  memset(composite, 0, sizeof composite);
  for (uint32_t i = 2; i * i <= kLimit; i++) {
    if (composite[i]) continue;
    for (uint32_t j = i * i; j <= kLimit; j += i) composite[j] = 1;
  }
  uint64_t checksum = harness_seed, count = 0;
  for (uint32_t i = 2; i <= kLimit; i++) {
    if (composite[i]) continue;
    count++;
    if ((count & 1023) == 0) checksum = checksum_add(checksum, i);
  }
  return checksum_add(checksum, count);
}

static uint64_t kernel_round(void) {
  uint64_t checksum = 0;
  for (int i = 0; i < kRepeats; i++) checksum = checksum_add(checksum, sieve());
  return checksum;
}
