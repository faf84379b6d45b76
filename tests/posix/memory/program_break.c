// brk and sbrk: growing, shrinking, zeroes, limits, and what lies in the way.
#include "../report.h"

#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

enum { kPage = 4096 };

int main(void) {
  setvbuf(stdout, NULL, _IONBF, 0);
  char* start = SHOW_POINTER(sbrk(0));
  SHOW(sbrk(10 * kPage) == start);
  SHOW((char*)sbrk(0) == start + 10 * kPage);
  memset(start, 'b', 10 * kPage);
  SHOW(sbrk(-5 * kPage) == start + 10 * kPage);
  SHOW(sbrk(5 * kPage) == start + 5 * kPage);
  // What comes back is zero, from the next page on.
  char* page = (char*)(((uintptr_t)start + 5 * kPage + kPage - 1) & -(uintptr_t)kPage);
  printf("kept: %d, zero: %d\n", start[0], page[0]);
  SHOW(brk(start + 3));
  SHOW((char*)sbrk(0) == start + 3);
  SHOW(brk(start + 100 * kPage));
  SHOW(brk(start));
  SHOW(brk((char*)-kPage));
  SHOW((char*)sbrk(0) == start);
  SHOW(brk((char*)kPage));
  SHOW((char*)sbrk(0) == start);
  SHOW_POINTER(sbrk(0x7ffff000));
  // A mapping in the way.
  char* wall = (char*)(((uintptr_t)start + 20 * kPage) & -(uintptr_t)kPage);
  SHOW(mmap(wall, kPage, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0) ==
       wall);
  SHOW(brk(wall - 2 * kPage));
  SHOW(brk(wall + 2 * kPage));
  SHOW(munmap(wall, kPage));
  SHOW(brk(wall + 2 * kPage));
  SHOW(brk(start));
  return 0;
}
