// Input for programs that read text: words with the frequencies of a natural language.
#ifndef LINDEN_BENCH_TEXT_H
#define LINDEN_BENCH_TEXT_H

#include "harness.h"

enum { kTextWords = 2048, kTextWordSize = 16 };

// One word of pronounceable syllables; returns its length.
static size_t text_word(uint32_t* state, char word[kTextWordSize]) {
  static const char consonants[] = "bcdfghklmnprstvwz", vowels[] = "aeiou";
  size_t length = 0;
  for (uint32_t syllables = 1 + random_next(state) % 4; syllables > 0; syllables--) {
    word[length++] = consonants[random_next(state) % (sizeof consonants - 1)];
    word[length++] = vowels[random_next(state) % (sizeof vowels - 1)];
    if (random_next(state) % 3 == 0) word[length++] = 'n';
  }
  word[length] = '\0';
  return length;
}

// Fills `text` with `size` bytes of sentences and numbers, without a terminating zero.
static void text_generate(char* text, size_t size, uint32_t seed) {
  static char words[kTextWords][kTextWordSize];
  uint32_t state = seed;
  for (int i = 0; i < kTextWords; i++) text_word(&state, words[i]);
  char number[kTextWordSize];
  for (size_t used = 0, count = 1; used < size; count++) {
    // The product of two uniform numbers prefers the first words, as Zipf's law does.
    uint32_t a = random_next(&state) % kTextWords, b = random_next(&state) % kTextWords;
    const char* word = words[a * b / kTextWords];
    if (random_next(&state) % 16 == 0) {
      snprintf(number, sizeof number, "%u", (unsigned)(random_next(&state) % 100000));
      word = number;
    }
    while (*word != '\0' && used < size) text[used++] = *word++;
    if (used < size && count % 11 == 0) text[used++] = count % 55 == 0 ? '\n' : '.';
    if (used < size) text[used++] = ' ';
  }
}

#endif
