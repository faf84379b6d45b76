// Stresses: integers; hashes short strings byte by byte and counts them in an open hash table.
#include "harness.h"

enum { kWords = 60000, kSlots = 1 << 15, kRepeats = 10 };
typedef struct {
  const char* word;
  uint32_t hash, count;
} Slot;
static char words[kWords][16];
static Slot slots[kSlots];

static void kernel_setup(void) {
  uint32_t state = harness_seed;
  for (int i = 0; i < kWords; i++) {
    // Two thirds of the words repeat an earlier one.
    if (i > 100 && random_next(&state) % 3 != 0) {
      memcpy(words[i], words[random_next(&state) % 100 * (uint32_t)i / 100], sizeof words[i]);
      continue;
    }
    uint32_t length = 3 + random_next(&state) % 12;
    for (uint32_t k = 0; k < length; k++) words[i][k] = (char)('a' + random_next(&state) % 26);
  }
}

static uint32_t hash_string(const char* text) {
  uint32_t hash = 2166136261u;
  for (; *text; text++) hash = (hash ^ (uint8_t)*text) * 16777619u;
  return hash;
}

static int equal(const char* a, const char* b) {
  for (; *a && *a == *b; a++, b++) {
  }
  return *a == *b;
}

static uint64_t kernel_round(void) {
  uint64_t checksum = 0;
  for (int repeat = 0; repeat < kRepeats; repeat++) {
    memset(slots, 0, sizeof slots);
    for (int i = 0; i < kWords; i++) {
      uint32_t hash = hash_string(words[i]), at = (hash ^ hash >> 15) & (kSlots - 1);
      while (slots[at].word && !(slots[at].hash == hash && equal(slots[at].word, words[i]))) {
        at = (at + 1) & (kSlots - 1);
      }
      slots[at].word = words[i];
      slots[at].hash = hash;
      slots[at].count++;
    }
    for (int i = 0; i < kSlots; i += 3) {
      if (slots[i].count) checksum = checksum_add(checksum, slots[i].hash + slots[i].count);
    }
  }
  return checksum;
}
