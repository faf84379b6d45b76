// Stresses: calls; deep recursion that touches thousands of native stack frames.
#include "harness.h"

static uint32_t calls;

static void kernel_setup(void) {}

// Counting the calls keeps compilers from merging equal ones.
NOINLINE static uint32_t ackermann(uint32_t m, uint32_t n) {
  calls++;
  if (m == 0) return n + 1;
  if (n == 0) return ackermann(m - 1, 1);
  return ackermann(m - 1, ackermann(m, n - 1));
}

static uint64_t kernel_round(void) {
  uint64_t checksum = 0;
  calls = 0;
  for (uint32_t i = 0; i < 3; i++) {
    uint32_t top_bit = harness_seed >> 31;
    checksum = checksum_add(checksum, ackermann(3, 8 + top_bit) + calls);
  }
  return checksum;
}
