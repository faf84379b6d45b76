// qsort, qsort_r, bsearch, lfind, lsearch, tsearch, hsearch, insque.
#include "../report.h"

#include <search.h>
#include <stdlib.h>

static int compare(const void* a, const void* b) {
  int x = *(const int*)a, y = *(const int*)b;
  return (x > y) - (x < y);
}

struct record {
  char key[5];
  short order;
};

static int compare_records(const void* a, const void* b) { return memcmp(a, b, 5); }

static int compare_with(const void* a, const void* b, void* factor) {
  return compare(a, b) * *(int*)factor;
}

static int visited;
static void visit(const void* node, VISIT order, int depth) {
  if (order == postorder || order == leaf)
    printf("%d%s ", **(int* const*)node, visited++ == 0 && depth < 0 ? "!" : "");
}
static void forget(void* node) { visited += *(int*)node; }

int main(void) {
  static int numbers[2000], sorted[2000];
  unsigned state = 1;
  for (int i = 0; i < 2000; i++)
    numbers[i] = (int)((state = state * 1103515245 + 12345) >> 8) % 1000;
  memcpy(sorted, numbers, sizeof sorted);
  qsort(sorted, 2000, sizeof(int), compare);
  int wrong = 0;
  long sum = 0;
  for (int i = 0; i < 2000; i++) {
    wrong += i > 0 && sorted[i - 1] > sorted[i];
    sum += numbers[i] - sorted[i];
  }
  printf("wrong %d, sum %ld\n", wrong, sum);
  // Elements of odd sizes, many of them equal.
  static struct record records[500];
  for (int i = 0; i < 500; i++) {
    snprintf(records[i].key, 5, "%04d", numbers[i] % 50);
    records[i].order = i;
  }
  qsort(records, 500, sizeof records[0], compare_records);
  wrong = 0;
  for (int i = 1; i < 500; i++) wrong += memcmp(records[i - 1].key, records[i].key, 5) > 0;
  printf("records: wrong %d\n", wrong);
  int factor = -1;
  qsort_r(sorted, 2000, sizeof(int), compare_with, &factor);
  printf("backwards %d\n", sorted[0] >= sorted[1999]);
  qsort(sorted, 0, sizeof(int), compare);
  qsort(sorted, 1, sizeof(int), compare);
  qsort(sorted, 2000, sizeof(int), compare);
  int found = 0;
  for (int key = -5; key < 1005; key++) {
    int* at = bsearch(&key, sorted, 2000, sizeof(int), compare);
    found += at != NULL && *at == key;
  }
  printf("found %d\n", found);
  size_t count = 3;
  int list[8] = {5, 6, 7};
  SHOW((int*)lfind(&(int){6}, list, &count, sizeof(int), compare) - list);
  SHOW_POINTER(lfind(&(int){9}, list, &count, sizeof(int), compare));
  SHOW((int*)lsearch(&(int){9}, list, &count, sizeof(int), compare) - list);
  SHOW(count);

  void* root = NULL;
  static int keys[] = {5, 2, 8, 1, 9, 3, 7, 2};
  for (int i = 0; i < 8; i++) tsearch(&keys[i], &root, compare);
  twalk(root, visit);
  puts("");
  SHOW_POINTER(tfind(&(int){7}, &root, compare));
  SHOW_POINTER(tfind(&(int){6}, &root, compare));
  SHOW_POINTER(tdelete(&(int){5}, &root, compare));
  SHOW_POINTER(tdelete(&(int){5}, &root, compare));
  twalk(root, visit);
  visited = 0;
  tdestroy(root, forget);
  SHOW(visited);

  SHOW(hcreate(20));
  static char names[20][8];
  for (int i = 0; i < 20; i++) {
    snprintf(names[i], 8, "key%d", i);
    hsearch((ENTRY){names[i], &keys[i % 8]}, ENTER);
  }
  ENTRY* entry = hsearch((ENTRY){"key13", NULL}, FIND);
  SHOW(*(int*)entry->data);
  SHOW_POINTER(hsearch((ENTRY){"absent", NULL}, FIND));
  int entered = 20;
  char extra[100][8];
  for (int i = 0; i < 100; i++) {
    snprintf(extra[i], 8, "x%d", i);
    if (hsearch((ENTRY){extra[i], NULL}, ENTER) == NULL) break;
    entered++;
  }
  SHOW(entered);
  hdestroy();
  struct element {
    struct element *next, *previous;
    int value;
  } first = {NULL, NULL, 1}, second = {NULL, NULL, 2};
  insque(&first, NULL);
  insque(&second, &first);
  SHOW(first.next->value);
  remque(&second);
  SHOW_POINTER(first.next);
  return 0;
}
