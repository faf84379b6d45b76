// Sorting by processes: each half is sorted by a child in shared memory, and merged by the parent.
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "process.h"

enum { COUNT = 1 << 18 };

static int compare(const void* a, const void* b) {
  const uint32_t x = *(const uint32_t*)a, y = *(const uint32_t*)b;
  return (x > y) - (x < y);
}

static void sort(uint32_t* items, size_t count, int depth) {
  if (depth == 0) {
    qsort(items, count, sizeof *items, compare);
    return;
  }
  const size_t half = count / 2;
  const pid_t child = fork();
  if (child == 0) {
    sort(items, half, depth - 1);
    _exit(0);
  }
  sort(items + half, count - half, depth - 1);
  waitpid(child, NULL, 0);
  uint32_t* merged = malloc(count * sizeof *merged);
  size_t a = 0, b = half;
  for (size_t i = 0; i < count; ++i) {
    merged[i] = b == count || (a < half && items[a] <= items[b]) ? items[a++] : items[b++];
  }
  memcpy(items, merged, count * sizeof *merged);
  free(merged);
}

int main(void) {
  uint32_t* items =
      mmap(NULL, COUNT * sizeof *items, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  uint32_t random = 12345;
  uint64_t sum = 0;
  for (int i = 0; i < COUNT; ++i) {
    random = random * 1664525 + 1013904223;
    items[i] = random >> 4;
    sum += items[i];
  }
  sort(items, COUNT, 4);
  int unsorted = 0;
  uint64_t after = items[0];
  for (int i = 1; i < COUNT; ++i) {
    unsorted += items[i - 1] > items[i];
    after += items[i];
  }
  printf("out of order %d, same sum %d, first %u, last %u\n", unsorted, sum == after, items[0],
         items[COUNT - 1]);
  return 0;
}
