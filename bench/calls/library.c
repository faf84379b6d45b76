// What the C library's work costs: prints a line `name nanoseconds` for each, as calls.c does.
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "measure.h"

enum { kLargest = 1 << 20 };

// Through pointers that the compiler can't see through: what is measured is the library's function.
static void* (*volatile copy)(void*, const void*, size_t) = memcpy;
static void* (*volatile move)(void*, const void*, size_t) = memmove;
static void* (*volatile fill)(void*, int, size_t) = memset;
static int (*volatile compare)(const void*, const void*, size_t) = memcmp;
static size_t (*volatile length)(const char*) = strlen;
static void* (*volatile find)(const void*, int, size_t) = memchr;
static char* (*volatile find_text)(const char*, const char*) = strstr;
static int (*volatile compare_text)(const char*, const char*) = strcmp;

static void* (*volatile allocate)(size_t) = malloc;
static void* (*volatile allocate_again)(void*, size_t) = realloc;
static void (*volatile release)(void*) = free;

static char *from, *to;
static size_t size;
static volatile size_t sink;
static FILE* file;

static void memcpy_(void) { copy(to, from, size); }
static void memmove_(void) { move(from + 1, from, size - 1); }
static void memset_(void) { fill(to, 'x', size); }
static void memcmp_(void) { sink = (size_t)compare(to, from, size); }
static void strlen_(void) { sink = length(from); }
static void memchr_(void) { sink = (size_t)find(from, 'y', size); }
static void strcmp_(void) { sink = (size_t)compare_text(to, from); }
static void strstr_(void) { sink = (size_t)find_text(from, "xxxxxxy"); }

static void malloc_free(void) { release(allocate(size)); }
static void malloc_many(void) {
  void* blocks[100];
  for (int i = 0; i < 100; ++i) blocks[i] = allocate(size + (size_t)i);
  for (int i = 0; i < 100; ++i) release(blocks[i * 37 % 100]);
}
static void realloc_growing(void) {
  char* block = NULL;
  for (size_t bytes = 16; bytes <= size; bytes *= 2) block = allocate_again(block, bytes);
  release(block);
}
static void printf_(void) {
  fprintf(file, "%d %s %5.2f %#lx\n", 12345, "some text", 3.14159, 0xabcdefl);
  if (ftell(file) > 1 << 20) rewind(file);
}
static void snprintf_(void) { snprintf(to, 100, "%d %s %5.2f", 12345, "some text", 3.14159); }
static void sscanf_(void) {
  int number;
  double real;
  char word[20];
  sink = (size_t)sscanf("12345 word 3.14159", "%d %19s %lf", &number, word, &real);
}
static void fwrite_(void) {
  fwrite(from, 1, 100, file);
  if (ftell(file) > 1 << 20) rewind(file);
}
static void fread_(void) {
  if (fread(to, 1, 100, file) != 100) rewind(file);
}
static void putc_(void) { putc('x', file); }
static void getc_(void) {
  if (getc(file) == EOF) rewind(file);
}
static void strtod_(void) { sink = (size_t)strtod("3.14159265358979", NULL); }
static int by_number(const void* left, const void* right) {
  return *(const int*)left - *(const int*)right;
}
static void qsort_(void) {
  static int numbers[1000];
  for (int i = 0; i < 1000; ++i) numbers[i] = i * 7919 % 1009;
  qsort(numbers, 1000, sizeof *numbers, by_number);
}

int main(int argc, char** argv) {
  from = malloc(kLargest + 64);
  to = malloc(kLargest + 64);
  struct {
    const char* name;
    void (*operation)(void);
  } memory[] = {{"memcpy", memcpy_}, {"memmove", memmove_}, {"memset", memset_},
                {"memcmp", memcmp_}, {"strlen", strlen_},   {"memchr", memchr_},
                {"strcmp", strcmp_}, {"strstr", strstr_}};
  for (unsigned i = 0; i < sizeof memory / sizeof *memory; ++i) {
    for (size = 16; size <= kLargest; size *= 16) {
      char name[40];
      snprintf(name, sizeof name, "%s_%zu", memory[i].name, size);
      if (!wanted(argc, argv, name)) continue;
      memset(from, 'x', size);
      memset(to, 'x', size);
      from[size] = to[size] = '\0';
      const int batch = size <= 256 ? 20000 : size <= 4096 ? 2000 : size <= 65536 ? 200 : 20;
      measure(name, memory[i].operation, batch, 30);
    }
  }
  struct {
    const char* name;
    void (*operation)(void);
    size_t size;
    int batch;
  } others[] = {{"malloc_free_16", malloc_free, 16, 10000},
                {"malloc_free_4096", malloc_free, 4096, 10000},
                {"malloc_free_1048576", malloc_free, 1 << 20, 300},
                {"malloc_100_blocks", malloc_many, 16, 200},
                {"realloc_to_65536", realloc_growing, 1 << 16, 300},
                {"snprintf", snprintf_, 0, 2000},
                {"sscanf", sscanf_, 0, 2000},
                {"strtod", strtod_, 0, 5000},
                {"qsort_1000", qsort_, 0, 20},
                {"fprintf", printf_, 0, 2000},
                {"fwrite_100", fwrite_, 0, 5000},
                {"fread_100", fread_, 0, 5000},
                {"putc", putc_, 0, 20000},
                {"getc", getc_, 0, 20000}};
  file = tmpfile();
  for (unsigned i = 0; i < sizeof others / sizeof *others; ++i) {
    if (!wanted(argc, argv, others[i].name)) continue;
    size = others[i].size;
    rewind(file);
    measure(others[i].name, others[i].operation, others[i].batch, 30);
  }
  return 0;
}
