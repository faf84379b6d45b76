/* Prefetches are hints: they fault nowhere and change nothing, whatever they are given.  */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

static uint32_t words[4096];

static uint32_t sum(const uint32_t* from, size_t count) {
  uint32_t total = 0;
  for (size_t i = 0; i < count; ++i) {
    __builtin_prefetch(from + i + 64);
    __builtin_prefetch(&from[i + 128], 1);
    __builtin_prefetch((const volatile char*)from + 4 * i, 0, 1);
    total = total * 31 + from[i];
  }
  return total;
}

int main(void) {
  for (size_t i = 0; i < 4096; ++i) words[i] = (uint32_t)(i * i);
  printf("%u\n", sum(words, 4096));
  void* nothing = mmap(NULL, 65536, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  for (int i = 0; i < 100; ++i) __builtin_prefetch((char*)nothing + 700 * i);
  __builtin_prefetch(NULL);
  __builtin_prefetch((void*)UINTPTR_MAX);
  int evaluated = 0;
  __builtin_prefetch(words + ++evaluated, 0, 3);
  printf("%d %s\n", evaluated, nothing == MAP_FAILED ? "no page" : "a page");
  return 0;
}
