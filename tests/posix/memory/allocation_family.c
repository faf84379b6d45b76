// malloc and its relatives: alignment, sizes, errors, what realloc keeps.
#include "../report.h"

#include <malloc.h>
#include <stdint.h>
#include <stdlib.h>

// Called through pointers: compilers take it that these leave errno alone.
static void* (*volatile allocate)(size_t) = malloc;
static void* (*volatile allocate_zeroed)(size_t, size_t) = calloc;
static void* (*volatile reallocate)(void*, size_t) = realloc;

static void* volatile sink;

int main(void) {
  static const size_t sizes[] = {0,  1,   7,    8,    16,     17,      24,
                                 25, 100, 1000, 4096, 100000, 1000000, 50000000};
  for (unsigned i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
    unsigned char* block = malloc(sizes[i]);
    printf("%zu: %d, aligned %d, usable %d\n", sizes[i], block != NULL, (uintptr_t)block % 16 == 0,
           malloc_usable_size(block) >= sizes[i]);
    if (sizes[i] > 0) block[0] = block[sizes[i] - 1] = 'm';
    free(block);
    unsigned char* zeroed = calloc(1, sizes[i]);
    size_t nonzero = 0;
    for (size_t k = 0; k < sizes[i]; k++) nonzero += zeroed[k] != 0;
    if (nonzero != 0) printf("calloc: %zu bytes are not zero\n", nonzero);
    free(zeroed);
  }
  SHOW_POINTER(allocate(SIZE_MAX));
  SHOW_POINTER(allocate_zeroed(SIZE_MAX / 2, 3));
  SHOW_POINTER(allocate_zeroed(SIZE_MAX / 2 + 2, 2));
  SHOW_POINTER(reallocarray(NULL, SIZE_MAX / 4, 5));
  SHOW_POINTER(allocate(-17));

  char* text = malloc(10);
  strcpy(text, "contents");
  for (size_t size = 20; size < 4000000; size *= 3) text = realloc(text, size);
  printf("grown: %s\n", text);
  text = realloc(text, 9);
  printf("shrunk: %s\n", text);
  SHOW_POINTER(reallocate(text, SIZE_MAX - 100));
  printf("still: %s\n", text);
  errno = 0;
  SHOW(reallocate(text, 0) == NULL);
  SHOW_POINTER(reallocate(NULL, 5));

  void* aligned = NULL;
  for (size_t alignment = sizeof(void*); alignment <= 65536; alignment *= 8) {
    int error = posix_memalign(&aligned, alignment, 100);
    printf("%d %d\n", error, (uintptr_t)aligned % alignment == 0);
    memset(aligned, 1, 100);
    free(aligned);
  }
  SHOW_ERROR(posix_memalign(&aligned, 3, 100));
  SHOW_ERROR(posix_memalign(&aligned, 2, 100));
  SHOW_ERROR(posix_memalign(&aligned, 48, 100));
  SHOW_ERROR(posix_memalign(&aligned, 4096, SIZE_MAX - 5000));
  SHOW((uintptr_t)(sink = aligned_alloc(256, 256)) % 256);
  SHOW((uintptr_t)(sink = memalign(1024, 5)) % 1024);
  SHOW((uintptr_t)(sink = valloc(5)) % 4096);
  SHOW((uintptr_t)(sink = pvalloc(5)) % 4096);
  SHOW(malloc_usable_size(sink) >= 4096);
  SHOW(malloc_usable_size(NULL));
  free(NULL);
  errno = ERANGE;
  free(malloc(1 << 20));
  SHOW(errno == ERANGE);
  return 0;
}
