// qsort and bsearch: comparators are calls through pointers.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
  int key;
  char name[12];
} Record;

static int by_number(const void* a, const void* b) {
  int x = *(const int*)a, y = *(const int*)b;
  return (x > y) - (x < y);
}
static int by_text(const void* a, const void* b) {
  return strcmp(*(char* const*)a, *(char* const*)b);
}
static int by_key_down(const void* a, const void* b) {
  return ((const Record*)b)->key - ((const Record*)a)->key;
}

int main(void) {
  static int numbers[5000];
  unsigned seed = 7;
  for (int i = 0; i < 5000; i++) numbers[i] = (int)((seed = seed * 1103515245u + 12345u) >> 4);
  qsort(numbers, 5000, sizeof *numbers, by_number);
  for (int i = 1; i < 5000; i++) {
    if (numbers[i - 1] > numbers[i]) return 1;
  }
  printf("%d %d %d\n", numbers[0], numbers[2500], numbers[4999]);
  int* found = bsearch(&numbers[1234], numbers, 5000, sizeof *numbers, by_number);
  printf("%d\n", found != NULL && *found == numbers[1234]);
  int absent = -1;
  printf("%d\n", bsearch(&absent, numbers, 5000, sizeof *numbers, by_number) == NULL);
  const char* words[] = {"pear", "apple", "fig", "banana", "cherry", ""};
  qsort(words, 6, sizeof *words, by_text);
  for (int i = 0; i < 6; i++) printf("<%s>", words[i]);
  Record records[] = {{3, "three"}, {9, "nine"}, {1, "one"}, {7, "seven"}};
  qsort(records, 4, sizeof *records, by_key_down);
  for (int i = 0; i < 4; i++) printf(" %d=%s", records[i].key, records[i].name);
  puts("");
}
