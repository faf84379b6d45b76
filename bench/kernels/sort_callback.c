// Stresses: indirect calls; a qsort-like sort of records through a comparator. The sort is our own,
// because the algorithms of the C libraries differ.
#include "harness.h"

typedef struct {
  uint32_t key, order;
} Record;
typedef int (*Comparator)(const void*, const void*);
enum { kRecords = 110000 };
static Record records[kRecords];

static void kernel_setup(void) {}

static int by_key(const void* a, const void* b) {
  const Record *x = a, *y = b;
  if (x->key != y->key) return x->key < y->key ? -1 : 1;
  return x->order < y->order ? -1 : x->order > y->order;
}

static int by_order(const void* a, const void* b) {
  const Record *x = a, *y = b;
  return x->order < y->order ? -1 : x->order > y->order;
}

static Comparator volatile comparators[] = {by_key, by_order};

static void swap_bytes(uint8_t* a, uint8_t* b, size_t size) {
  for (size_t i = 0; i < size; i++) {
    uint8_t swapped = a[i];
    a[i] = b[i];
    b[i] = swapped;
  }
}

static void sift_down(uint8_t* base, size_t start, size_t end, size_t size, Comparator compare) {
  for (size_t root = start; 2 * root + 1 < end;) {
    size_t child = 2 * root + 1;
    if (child + 1 < end && compare(base + child * size, base + (child + 1) * size) < 0) child++;
    if (compare(base + root * size, base + child * size) >= 0) return;
    swap_bytes(base + root * size, base + child * size, size);
    root = child;
  }
}

NOINLINE static void heap_sort(void* array, size_t count, size_t size, Comparator compare) {
  uint8_t* base = array;
  for (size_t i = count / 2; i-- > 0;) sift_down(base, i, count, size, compare);
  for (size_t end = count; end-- > 1;) {
    swap_bytes(base, base + end * size, size);
    sift_down(base, 0, end, size, compare);
  }
}

static uint64_t kernel_round(void) {
  uint32_t state = harness_seed;
  for (uint32_t i = 0; i < kRecords; i++) records[i] = (Record){random_next(&state) & 0xffff, i};
  uint64_t checksum = 0;
  for (int i = 0; i < 2; i++) {
    heap_sort(records, kRecords, sizeof(Record), comparators[i]);
    for (uint32_t k = 0; k < kRecords; k += 7) checksum = checksum_add(checksum, records[k].key);
  }
  return checksum;
}
