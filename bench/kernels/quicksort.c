// Stresses: branches; quicksort of random integers with insertion sort for short ranges.
#include "harness.h"

enum { kLength = 400000, kShort = 16 };
static uint32_t values[kLength];

static void kernel_setup(void) {}

static void insertion_sort(uint32_t* first, uint32_t* last) {
  for (uint32_t* next = first + 1; next <= last; next++) {
    uint32_t moving = *next, *hole = next;
    for (; hole > first && hole[-1] > moving; hole--) *hole = hole[-1];
    *hole = moving;
  }
}

static void quicksort(uint32_t* first, uint32_t* last) {
  while (last - first > kShort) {
    uint32_t pivot = first[(last - first) / 2], *low = first, *high = last;
    while (low <= high) {
      while (*low < pivot) low++;
      while (*high > pivot) high--;
      if (low > high) break;
      uint32_t swapped = *low;
      *low++ = *high;
      *high-- = swapped;
    }
    quicksort(first, high);
    first = low;
  }
  if (first < last) insertion_sort(first, last);
}

static uint64_t kernel_round(void) {
  uint32_t state = harness_seed;
  for (int i = 0; i < kLength; i++) values[i] = random_next(&state);
  quicksort(values, values + kLength - 1);
  uint64_t checksum = 0;
  for (int i = 0; i < kLength; i += 97) checksum = checksum_add(checksum, values[i]);
  return checksum;
}
