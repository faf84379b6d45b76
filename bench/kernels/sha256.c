// Stresses: integers; rotates, 32-bit additions and byte-swapped loads of SHA-256.
#include "harness.h"

enum { kMessage = 1 << 16, kRepeats = 140 };
static uint8_t message[kMessage];
static uint32_t constants[64], initial[8];

// The algorithm's constants are fractions of roots of the first primes: exact integer arithmetic.
static uint32_t root_fraction(uint32_t prime, int cube) {
  unsigned __int128 root = 0;  // fixed point with 32 fraction bits
  for (int bit = 36; bit >= 0; bit--) {
    unsigned __int128 trial = root | (unsigned __int128)1 << bit;
    unsigned __int128 square = trial * trial;
    int fits = cube ? (square >> 16) * trial <= (unsigned __int128)prime << 80
                    : square <= (unsigned __int128)prime << 64;
    if (fits) root = trial;
  }
  return (uint32_t)root;
}

static void kernel_setup(void) {
  uint32_t state = harness_seed, candidate = 2;
  for (int i = 0; i < 64; candidate++) {
    int prime = 1;
    for (uint32_t d = 2; d * d <= candidate; d++) prime &= candidate % d != 0;
    if (!prime) continue;
    constants[i] = root_fraction(candidate, 1);
    if (i < 8) initial[i] = root_fraction(candidate, 0);
    i++;
  }
  for (int i = 0; i < kMessage; i++) message[i] = (uint8_t)random_next(&state);
}

static inline uint32_t rotate(uint32_t x, int n) { return x >> n | x << (32 - n); }

static void block(uint32_t* hash, const uint8_t* p) {
  uint32_t w[64];
  for (int i = 0; i < 16; i++, p += 4) {
    w[i] = (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
  }
  for (int i = 16; i < 64; i++) {
    uint32_t s0 = rotate(w[i - 15], 7) ^ rotate(w[i - 15], 18) ^ w[i - 15] >> 3;
    uint32_t s1 = rotate(w[i - 2], 17) ^ rotate(w[i - 2], 19) ^ w[i - 2] >> 10;
    w[i] = w[i - 16] + s0 + w[i - 7] + s1;
  }
  uint32_t a = hash[0], b = hash[1], c = hash[2], d = hash[3];
  uint32_t e = hash[4], f = hash[5], g = hash[6], h = hash[7];
  for (int i = 0; i < 64; i++) {
    uint32_t s1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25);
    uint32_t t1 = h + s1 + ((e & f) ^ (~e & g)) + constants[i] + w[i];
    uint32_t s0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22);
    uint32_t t2 = s0 + ((a & b) ^ (a & c) ^ (b & c));
    h = g, g = f, f = e, e = d + t1, d = c, c = b, b = a, a = t1 + t2;
  }
  hash[0] += a, hash[1] += b, hash[2] += c, hash[3] += d;
  hash[4] += e, hash[5] += f, hash[6] += g, hash[7] += h;
}

static uint64_t kernel_round(void) {
  uint32_t hash[8];
  memcpy(hash, initial, sizeof hash);
  for (int i = 0; i < kRepeats; i++) {
    for (int offset = 0; offset < kMessage; offset += 64) block(hash, message + offset);
  }
  uint64_t checksum = 0;
  for (int i = 0; i < 8; i++) checksum = checksum_add(checksum, hash[i]);
  return checksum;
}
