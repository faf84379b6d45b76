// Stresses: calls; doubly recursive calls of a tiny function.
#include "harness.h"

static void kernel_setup(void) {}

NOINLINE static uint32_t fib(uint32_t n) { return n < 2 ? n : fib(n - 1) + fib(n - 2); }

static uint64_t kernel_round(void) {
  uint32_t top_bit = harness_seed >> 31;
  return fib(34 + top_bit);
}
