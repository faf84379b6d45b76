// Stresses: compressor; LZ77 with a hash table of earlier positions, unaligned loads, match
// loops, and a decompressor with overlapping byte copies.
#include "harness.h"

enum { kInput = 1 << 20, kHashBits = 14, kMinMatch = 4, kMaxMatch = 255, kMaxLiterals = 255 };
static uint8_t input[kInput], packed[kInput + kInput / 16 + 64], unpacked[kInput];
static uint32_t recent[1 << kHashBits];

static void kernel_setup(void) {
  // Phrases from a small vocabulary with noise between them, as logs and texts have.
  uint32_t state = harness_seed, at = 0;
  static char phrases[256][24];
  for (int i = 0; i < 256; i++) {
    for (int k = 0; k < 24; k++) phrases[i][k] = (char)('a' + random_next(&state) % 20);
  }
  while (at < kInput) {
    const char* phrase = phrases[random_next(&state) & 255];
    uint32_t length = 4 + random_next(&state) % 20;
    for (uint32_t k = 0; k < length && at < kInput; k++) input[at++] = (uint8_t)phrase[k];
    for (uint32_t k = random_next(&state) & 3; k > 0 && at < kInput; k--) {
      input[at++] = (uint8_t)random_next(&state);
    }
  }
}

static uint32_t load32(const uint8_t* p) {
  uint32_t value;
  memcpy(&value, p, sizeof value);
  return value;
}

static uint8_t* put_literals(uint8_t* out, const uint8_t* from, uint32_t count) {
  while (count > 0) {
    uint32_t chunk = count < kMaxLiterals ? count : kMaxLiterals;
    *out++ = 0;
    *out++ = (uint8_t)chunk;
    for (uint32_t i = 0; i < chunk; i++) *out++ = *from++;
    count -= chunk;
  }
  return out;
}

NOINLINE static uint32_t compress(void) {
  uint8_t* out = packed;
  uint32_t at = 0, literal_start = 0;
  memset(recent, 0, sizeof recent);
  while (at + kMinMatch < kInput) {
    uint32_t sequence = load32(input + at), slot = sequence * 2654435761u >> (32 - kHashBits);
    uint32_t candidate = recent[slot];
    recent[slot] = at;
    if (candidate >= at || at - candidate > 65535 || load32(input + candidate) != sequence) {
      at++;
      continue;
    }
    uint32_t length = kMinMatch;
    while (length < kMaxMatch && at + length < kInput &&
           input[candidate + length] == input[at + length]) {
      length++;
    }
    out = put_literals(out, input + literal_start, at - literal_start);
    *out++ = (uint8_t)length;
    *out++ = (uint8_t)(at - candidate);
    *out++ = (uint8_t)((at - candidate) >> 8);
    at += length;
    literal_start = at;
  }
  out = put_literals(out, input + literal_start, kInput - literal_start);
  return (uint32_t)(out - packed);
}

NOINLINE static uint32_t decompress(uint32_t size) {
  const uint8_t *in = packed, *end = packed + size;
  uint8_t* out = unpacked;
  while (in < end) {
    uint32_t length = *in++;
    if (length == 0) {
      length = *in++;
      for (uint32_t i = 0; i < length; i++) *out++ = *in++;
      continue;
    }
    const uint8_t* from = out - (in[0] | (uint32_t)in[1] << 8);
    in += 2;
    for (uint32_t i = 0; i < length; i++) *out++ = *from++;
  }
  return (uint32_t)(out - unpacked);
}

static uint64_t kernel_round(void) {
  uint64_t checksum = 0;
  for (int repeat = 0; repeat < 4; repeat++) {
    uint32_t size = compress();
    if (decompress(size) != kInput || memcmp(input, unpacked, kInput) != 0) abort();
    checksum = checksum_add(checksum, size);
    for (uint32_t i = 0; i < size; i += 61) checksum = checksum_add(checksum, packed[i]);
  }
  return checksum;
}
