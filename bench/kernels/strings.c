// Stresses: memory copies; strlen, strchr, strcmp and memchr of the C library on short and long
// strings. Natively that is the C library's vector code, in wasm it is part of the module.
#include "harness.h"

enum { kStrings = 2048, kStride = 400, kPasses = 700 };
static char strings[kStrings][kStride];

static void kernel_setup(void) {
  uint32_t state = harness_seed;
  for (int i = 0; i < kStrings; i++) {
    uint32_t length = random_next(&state) % ((i & 7) == 0 ? kStride - 1 : 40);
    for (uint32_t k = 0; k < length; k++) strings[i][k] = (char)('a' + k % 23);
    if (length > 2) strings[i][length - 1] = 'z';
  }
}

static uint64_t kernel_round(void) {
  uint64_t total = 0;
  for (uint32_t pass = 0; pass < kPasses; pass++) {
    for (uint32_t i = 0; i < kStrings; i++) {
      const char* text = strings[(i * 5 + pass) & (kStrings - 1)];
      size_t length = strlen(text);
      const char* found = strchr(text, 'z');
      const char* newline = memchr(text, '\n', length);
      total += length + (found ? (size_t)(found - text) : 1) + (newline != NULL);
      total += strcmp(text, strings[i]) < 0;
    }
  }
  return total;
}
