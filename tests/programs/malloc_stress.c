// Allocations of all sizes, checked for overlap and damage.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SLOTS = 500 };
static unsigned char* blocks[SLOTS];
static size_t sizes[SLOTS];
static uint32_t state = 12345;
static uint32_t next(void) { return state = state * 1664525u + 1013904223u; }

static void check(int i) {
  for (size_t n = 0; n < sizes[i]; n++) {
    if (blocks[i][n] != (unsigned char)(i * 7 + n)) {
      printf("damaged block %d at %zu\n", i, n);
      exit(1);
    }
  }
}

static void fill(int i) {
  for (size_t n = 0; n < sizes[i]; n++) blocks[i][n] = (unsigned char)(i * 7 + n);
}

int main(void) {
  unsigned long total = 0;
  for (int round = 0; round < 20000; round++) {
    int i = (int)((next() >> 8) % SLOTS);
    size_t size = (next() >> 8) % ((next() >> 8) % 50 == 0 ? 60000 : 300);
    if (blocks[i] != NULL && next() >> 31) {
      check(i);
      free(blocks[i]);
      blocks[i] = NULL;
      continue;
    }
    if (blocks[i] != NULL) {
      check(i);
      if (size < sizes[i]) sizes[i] = size;
      blocks[i] = realloc(blocks[i], size + 1);
      check(i);
    } else {
      blocks[i] = next() >> 31 ? malloc(size + 1) : calloc(size + 1, 1);
    }
    if (blocks[i] == NULL) return 2;
    sizes[i] = size;
    fill(i);
    total += size;
  }
  for (int i = 0; i < SLOTS; i++) {
    if (blocks[i] != NULL) check(i);
    free(blocks[i]);
  }
  printf("%lu bytes\n", total);
}
