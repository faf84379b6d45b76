// Zstandard: compresses text at a fast and at a thorough level, and decompresses both.
#include "text.h"
#include "zstd.h"

enum { kTextSize = 1 << 20 };

static char text[kTextSize], copy[kTextSize];
static char* packed;
static size_t capacity;
static ZSTD_CCtx* compressor;
static ZSTD_DCtx* decompressor;

static size_t check(size_t result) {
  if (!ZSTD_isError(result)) return result;
  fprintf(stderr, "zstd: %s\n", ZSTD_getErrorName(result));
  exit(1);
}

static void kernel_setup(void) {
  text_generate(text, sizeof text, harness_seed);
  capacity = ZSTD_compressBound(sizeof text);
  packed = malloc(capacity);
  compressor = ZSTD_createCCtx();
  decompressor = ZSTD_createDCtx();
  if (!packed || !compressor || !decompressor) abort();
}

static uint64_t kernel_round(void) {
  static const int levels[] = {1, 5};
  uint64_t checksum = 0;
  for (size_t i = 0; i < sizeof levels / sizeof *levels; i++) {
    size_t size =
        check(ZSTD_compressCCtx(compressor, packed, capacity, text, sizeof text, levels[i]));
    for (size_t at = 0; at < size; at++) checksum = checksum * 31 + (unsigned char)packed[at];
    size_t restored = check(ZSTD_decompressDCtx(decompressor, copy, sizeof copy, packed, size));
    if (restored != sizeof text || memcmp(copy, text, sizeof text) != 0) {
      fprintf(stderr, "zstd: level %d did not restore the text\n", levels[i]);
      exit(1);
    }
  }
  return checksum;
}
