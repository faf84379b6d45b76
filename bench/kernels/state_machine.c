// Stresses: branches; a character-by-character tokenizer with unpredictable transitions.
#include "harness.h"

enum { kText = 1 << 20, kRepeats = 4 };
static char text[kText + 1];
typedef enum { kBetween, kWord, kNumber, kFraction, kString, kEscape, kComment } Mode;

static void kernel_setup(void) {
  static const char alphabet[] = "abcde xyz 0123456789 .. \"\" \\ ## \n\n ;(){}";
  uint32_t state = harness_seed;
  for (int i = 0; i < kText; i++) text[i] = alphabet[random_next(&state) % (sizeof alphabet - 1)];
}

NOINLINE static uint64_t scan(const char* p) {
  uint32_t counts[8] = {0};
  uint32_t value = 0;
  Mode mode = kBetween;
  for (; *p; p++) {
    char c = *p;
    switch (mode) {
      case kBetween:
        if (c >= 'a' && c <= 'z') {
          mode = kWord;
        } else if (c >= '0' && c <= '9') {
          value = (uint32_t)(c - '0');
          mode = kNumber;
        } else if (c == '"') {
          mode = kString;
        } else if (c == '#') {
          mode = kComment;
        } else if (c != ' ' && c != '\n') {
          counts[7]++;
        }
        break;
      case kWord:
        if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) break;
        counts[kWord]++;
        mode = c == '"' ? kString : kBetween;
        break;
      case kNumber:
        if (c >= '0' && c <= '9') {
          value = value * 10 + (uint32_t)(c - '0');
        } else if (c == '.') {
          mode = kFraction;
        } else {
          counts[kNumber] += value;
          mode = kBetween;
        }
        break;
      case kFraction:
        if (c >= '0' && c <= '9') break;
        counts[kFraction] += value;
        mode = c == '#' ? kComment : kBetween;
        break;
      case kString:
        if (c == '\\') {
          mode = kEscape;
        } else if (c == '"') {
          counts[kString]++;
          mode = kBetween;
        }
        break;
      case kEscape:
        mode = kString;
        break;
      case kComment:
        if (c == '\n') {
          counts[kComment]++;
          mode = kBetween;
        }
        break;
    }
  }
  uint64_t checksum = mode;
  for (int i = 0; i < 8; i++) checksum = checksum_add(checksum, counts[i]);
  return checksum;
}

static uint64_t kernel_round(void) {
  uint64_t checksum = 0;
  for (int i = 0; i < kRepeats; i++) checksum = checksum_add(checksum, scan(text + i));
  return checksum;
}
