// Stresses: byte tables; base64 encode and decode, a table lookup per byte, shifts and merges.
#include "harness.h"

enum { kInput = 1 << 18, kOutput = kInput / 3 * 4 + 8, kRepeats = 96 };
static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static uint8_t input[kInput], output[kInput + 4], reverse[256];
static char encoded[kOutput];

static void kernel_setup(void) {
  uint32_t state = harness_seed;
  for (int i = 0; i < kInput; i++) input[i] = (uint8_t)random_next(&state);
  memset(reverse, 0xff, sizeof reverse);
  for (int i = 0; i < 64; i++) reverse[(uint8_t)alphabet[i]] = (uint8_t)i;
}

NOINLINE static size_t encode(const uint8_t* in, size_t size, char* out) {
  char* start = out;
  for (; size >= 3; size -= 3, in += 3) {
    uint32_t group = (uint32_t)in[0] << 16 | (uint32_t)in[1] << 8 | in[2];
    *out++ = alphabet[group >> 18];
    *out++ = alphabet[group >> 12 & 63];
    *out++ = alphabet[group >> 6 & 63];
    *out++ = alphabet[group & 63];
  }
  return (size_t)(out - start);
}

NOINLINE static size_t decode(const char* in, size_t size, uint8_t* out) {
  uint8_t* start = out;
  for (; size >= 4; size -= 4, in += 4) {
    uint32_t a = reverse[(uint8_t)in[0]], b = reverse[(uint8_t)in[1]];
    uint32_t c = reverse[(uint8_t)in[2]], d = reverse[(uint8_t)in[3]];
    if ((a | b | c | d) & 0x80) break;
    uint32_t group = a << 18 | b << 12 | c << 6 | d;
    *out++ = (uint8_t)(group >> 16);
    *out++ = (uint8_t)(group >> 8);
    *out++ = (uint8_t)group;
  }
  return (size_t)(out - start);
}

static uint64_t kernel_round(void) {
  uint64_t checksum = 0;
  for (int i = 0; i < kRepeats; i++) {
    input[i] ^= 0x55;
    size_t size = encode(input, kInput - 1, encoded);
    size_t length = decode(encoded, size, output);
    input[i] ^= 0x55;
    for (size_t k = 0; k < length; k += 31) checksum = checksum_add(checksum, output[k]);
    checksum = checksum_add(checksum, length);
  }
  return checksum;
}
