// Sorts pointers, one of which is wrong: shows how Linden reports a trap.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

enum { kCount = 100 };

static int by_value(const void* left, const void* right) {
  const int a = **(int* const*)left, b = **(int* const*)right;
  return (a > b) - (a < b);
}

int main(void) {
  static int values[kCount];
  int* pointers[kCount];
  for (int i = 0; i < kCount; i++) {
    values[i] = i * 37 % kCount;
    pointers[i] = &values[i];
  }
  pointers[42] = (int*)(uintptr_t)0xdeadbeef;  // beyond the end of this program's memory
  qsort(pointers, kCount, sizeof *pointers, by_value);
  printf("the smallest value is %d\n", *pointers[0]);
  return 0;
}
