// Stresses: integers; the ChaCha20 block function: rotates and additions on sixteen live words,
// which decides how well registers are allocated.
#include "harness.h"

enum { kBlocks = 280000 };
static uint32_t key[16];

static void kernel_setup(void) {
  uint32_t state = harness_seed;
  for (int i = 0; i < 16; i++) key[i] = random_next(&state);
}

static inline uint32_t rotate_left(uint32_t x, int n) { return x << n | x >> (32 - n); }

#define QUARTER(a, b, c, d)             \
  do {                                  \
    a += b, d = rotate_left(d ^ a, 16); \
    c += d, b = rotate_left(b ^ c, 12); \
    a += b, d = rotate_left(d ^ a, 8);  \
    c += d, b = rotate_left(b ^ c, 7);  \
  } while (0)

NOINLINE static void block(const uint32_t* in, uint32_t* out) {
  uint32_t x[16];
  memcpy(x, in, sizeof x);
  for (int i = 0; i < 10; i++) {
    QUARTER(x[0], x[4], x[8], x[12]);
    QUARTER(x[1], x[5], x[9], x[13]);
    QUARTER(x[2], x[6], x[10], x[14]);
    QUARTER(x[3], x[7], x[11], x[15]);
    QUARTER(x[0], x[5], x[10], x[15]);
    QUARTER(x[1], x[6], x[11], x[12]);
    QUARTER(x[2], x[7], x[8], x[13]);
    QUARTER(x[3], x[4], x[9], x[14]);
  }
  for (int i = 0; i < 16; i++) out[i] = x[i] + in[i];
}

static uint64_t kernel_round(void) {
  uint32_t in[16], out[16];
  memcpy(in, key, sizeof in);
  uint64_t checksum = 0;
  for (uint32_t i = 0; i < kBlocks; i++) {
    in[12] = i;
    block(in, out);
    checksum += (uint64_t)out[i & 15] << 16 ^ out[(i + 5) & 15];
  }
  return checksum;
}
