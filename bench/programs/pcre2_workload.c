// PCRE2: compiles patterns of different kinds, and finds and replaces what they match in a text.
#include "text.h"
#define PCRE2_CODE_UNIT_WIDTH 8
#include "pcre2.h"

enum { kTextSize = 40000 };

static char text[kTextSize];
static char replaced[2 * kTextSize];

static const char* const patterns[] = {
    "[0-9]+",
    "(?i)\\b(ba|ke|ri)[a-z]*n\\b",
    "([a-z]+) ([a-z]+) \\1",
    "(?<=\\d)\\d{2}(?!\\d)",
    "\\b(?:[bcd][aeiou]n?){2,}(?=[. ])",
    "[^.\\n]*[aeiou]n\\.",
    "(?:(?:so|mi)[a-z]{2,4}|\\d{3,5}) [^ ]+",
};

static void kernel_setup(void) { text_generate(text, sizeof text, harness_seed); }

static void check(int result, const char* pattern) {
  if (result >= 0) return;
  fprintf(stderr, "pcre2: %s: error %d\n", pattern, result);
  exit(1);
}

static uint64_t find_all(pcre2_code* code, const char* pattern) {
  pcre2_match_data* match = pcre2_match_data_create_from_pattern(code, NULL);
  if (!match) abort();
  uint64_t checksum = 0;
  for (PCRE2_SIZE at = 0; at < sizeof text;) {
    int found = pcre2_match(code, (PCRE2_SPTR)text, sizeof text, at, 0, match, NULL);
    if (found == PCRE2_ERROR_NOMATCH) break;
    check(found, pattern);
    PCRE2_SIZE* ends = pcre2_get_ovector_pointer(match);
    checksum = checksum_add(checksum, ends[0]);
    checksum = checksum_add(checksum, ends[1]);
    at = ends[1] > at ? ends[1] : at + 1;
  }
  pcre2_match_data_free(match);
  return checksum;
}

static uint64_t kernel_round(void) {
  uint64_t checksum = 0;
  for (size_t i = 0; i < sizeof patterns / sizeof *patterns; i++) {
    int error;
    PCRE2_SIZE offset;
    pcre2_code* code = pcre2_compile((PCRE2_SPTR)patterns[i], PCRE2_ZERO_TERMINATED,
                                     PCRE2_MULTILINE, &error, &offset, NULL);
    if (!code) check(-error, patterns[i]);
    checksum = checksum_add(checksum, find_all(code, patterns[i]));
    PCRE2_SIZE size = sizeof replaced;
    int count = pcre2_substitute(code, (PCRE2_SPTR)text, sizeof text, 0, PCRE2_SUBSTITUTE_GLOBAL,
                                 NULL, NULL, (PCRE2_SPTR) "<$0>", 4, (PCRE2_UCHAR*)replaced, &size);
    check(count, patterns[i]);
    checksum = checksum_add(checksum, (uint64_t)count);
    for (PCRE2_SIZE at = 0; at < size; at += 7) checksum = checksum * 31 + (uint8_t)replaced[at];
    pcre2_code_free(code);
  }
  return checksum;
}
