// Functions that search and compare, at every alignment and length up to 80, with memory that can't
// be read behind, and in front of, what they may look at.
#define _GNU_SOURCE
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/mman.h>

enum { kPage = 4096, kLongest = 80 };

static int failures;
static void check(const char* what, int is_right, int length, int at) {
  if (!is_right && ++failures < 20) printf("wrong: %s, length %d, at %d\n", what, length, at);
}
static int sign(int value) { return (value > 0) - (value < 0); }

// Two pages between such as can't be read.
static char* make_pages(void) {
  char* pages = mmap(NULL, 4 * kPage, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  mprotect(pages + kPage, 2 * kPage, PROT_READ | PROT_WRITE);
  return pages + kPage;
}

int main(void) {
  char *one = make_pages(), *other = make_pages();
  // Through pointers, so that they are the library's.
  size_t (*volatile length_of)(const char*) = strlen;
  size_t (*volatile length_up_to)(const char*, size_t) = strnlen;
  void* (*volatile find)(const void*, int, size_t) = memchr;
  void* (*volatile find_surely)(const void*, int) = rawmemchr;
  char* (*volatile find_in_text)(const char*, int) = strchr;
  char* (*volatile find_or_end)(const char*, int) = strchrnul;
  int (*volatile compare)(const void*, const void*, size_t) = memcmp;
  int (*volatile differ)(const void*, const void*, size_t) = bcmp;
  for (int place = 0; place < 2; ++place) {
    for (int length = 0; length <= kLongest; ++length) {
      for (int shift = 0; shift < 20; ++shift) {
        // Close to the end of the pages, or to their beginning.
        char* text = place == 0 ? one + 2 * kPage - length - 1 - shift : one + shift;
        memset(one, 'z', 2 * kPage);
        memset(text, 'x', (size_t)length);
        text[length] = '\0';
        check("strlen", length_of(text) == (size_t)length, length, shift);
        check("strnlen", length_up_to(text, 1000) == (size_t)length, length, shift);
        check("strnlen, all", length_up_to(text, SIZE_MAX) == (size_t)length, length, shift);
        check("rawmemchr", find_surely(text, '\0') == text + length, length, shift);
        check("strchr of none", find_in_text(text, 'y') == NULL, length, shift);
        check("strchr of the end", find_in_text(text, '\0') == text + length, length, shift);
        check("strchrnul", find_or_end(text, 'y') == text + length, length, shift);
        check("memchr behind the end", find(text, 'z', (size_t)length) == NULL, length, shift);
        check("memchr of 256", find(text, 0x100, (size_t)length + 1) == text + length, length,
              shift);
        for (int i = 0; i < length; i += 1 + i / 20) {
          text[i] = (char)0xe9;
          check("memchr", find(text, 0xe9, (size_t)length) == text + i, length, i);
          check("memchr, all", find(text, 0xe9, SIZE_MAX) == text + i, length, i);
          check("memchr, too short", find(text, 0xe9, (size_t)i) == NULL, length, i);
          check("strchr", find_in_text(text, (char)0xe9) == text + i, length, i);
          check("strchrnul there", find_or_end(text, 0xe9) == text + i, length, i);
          text[i] = 'x';
        }
        char* copy =
            place == 0 ? other + 2 * kPage - length - (shift * 7 % 20) : other + shift * 7 % 20;
        memcpy(copy, text, (size_t)length);
        check("memcmp of equals", compare(text, copy, (size_t)length) == 0, length, shift);
        for (int i = 0; i < length; i += 1 + i / 20) {
          copy[i] = (char)0xe9;
          if (i + 1 < length) copy[i + 1] = 1;
          check("memcmp", sign(compare(text, copy, (size_t)length)) == -1, length, i);
          check("memcmp, other way", sign(compare(copy, text, (size_t)length)) == 1, length, i);
          check("memcmp, too short", compare(text, copy, (size_t)i) == 0, length, i);
          check("bcmp", differ(text, copy, (size_t)length) != 0, length, i);
          copy[i] = 'x';
          if (i + 1 < length) copy[i + 1] = 'x';
        }
      }
    }
  }
  check("memchr of nothing", find((void*)1, 'x', 0) == NULL, 0, 0);
  printf("%d failures\n", failures);
  return failures != 0;
}
