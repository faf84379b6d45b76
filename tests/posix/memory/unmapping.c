// munmap: holes, ranges without mappings, and that calls on unmapped memory say EFAULT.
#include "../report.h"

#include <sys/mman.h>
#include <unistd.h>

enum { kPage = 4096 };

static int ends[2];

// One letter for each page: readable and writable, readable, mapped only, or unmapped.
static void show_pages(char* area, int pages) {
  char byte;
  for (int i = 0; i < pages; i++) {
    unsigned char present;
    int mapped = mincore(area + i * kPage, kPage, &present) == 0;
    int readable = write(ends[1], area + i * kPage, 1) == 1;
    if (readable) read(ends[0], &byte, 1);
    int writable = 0;
    if (readable) {
      write(ends[1], &byte, 1);
      writable = read(ends[0], area + i * kPage, 1) == 1;
      if (!writable) read(ends[0], &byte, 1);
    }
    putchar(writable ? 'w' : readable ? 'r' : mapped ? 'm' : '.');
  }
  putchar('\n');
}

int main(void) {
  pipe(ends);
  char* area = mmap(0, 16 * kPage, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  show_pages(area, 16);
  SHOW(munmap(area + 3 * kPage, 2 * kPage));
  show_pages(area, 16);
  SHOW(munmap(area + 2 * kPage, 5 * kPage));
  show_pages(area, 16);
  SHOW(munmap(area + 2 * kPage, 5 * kPage));
  SHOW(munmap(area + 8 * kPage, 1));
  show_pages(area, 16);
  SHOW(munmap(area + 9 * kPage + 1, kPage));
  SHOW(munmap(area + 9 * kPage, 0));
  SHOW(munmap((void*)-kPage, 2 * kPage));
  SHOW(mprotect(area + 10 * kPage, kPage, PROT_READ));
  SHOW(mprotect(area + 11 * kPage, kPage, PROT_NONE));
  show_pages(area, 16);
  // A range with a hole is changed up to the hole.
  SHOW(mprotect(area + 6 * kPage, 3 * kPage, PROT_READ));
  SHOW(mprotect(area + 7 * kPage, 3 * kPage, PROT_READ));
  show_pages(area, 16);
  SHOW(mprotect(area + 10 * kPage, 2 * kPage, PROT_READ | PROT_WRITE));
  show_pages(area, 16);
  SHOW(mprotect(area + 1, kPage, PROT_READ));
  SHOW(mprotect(area, 0, PROT_READ));
  SHOW(mprotect(area, kPage, 0x8000));
  SHOW(madvise(area, 16 * kPage, MADV_DONTNEED));
  SHOW(mincore(area, kPage, (unsigned char*)8));
  SHOW(mincore(area + 1, kPage, (unsigned char*)ends));
  SHOW(munmap(area, 16 * kPage));
  show_pages(area, 16);
  return 0;
}
