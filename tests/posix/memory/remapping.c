// mremap: in place, moved, to a fixed place, shared, and without unmapping.
#include "../report.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

enum { kPage = 4096 };

static char* map(int pages) {
  return mmap(0, pages * kPage, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

static int is_mapped(void* page) {
  unsigned char present;
  return mincore(page, kPage, &present) == 0;
}

int main(void) {
  char* area = map(8);
  memset(area, 'x', 8 * kPage);
  SHOW(mremap(area, 8 * kPage, 4 * kPage, 0) == area);
  SHOW(is_mapped(area + 4 * kPage));
  SHOW(mremap(area, 4 * kPage, 6 * kPage, 0) == area);
  printf("old and new bytes: %d %d\n", area[4 * kPage - 1], area[4 * kPage]);
  // No room: only with MAYMOVE.
  char* wall =
      mmap(area + 6 * kPage, kPage, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
  SHOW(wall == area + 6 * kPage);
  SHOW_POINTER(mremap(area, 6 * kPage, 7 * kPage, 0));
  char* moved = SHOW_POINTER(mremap(area, 6 * kPage, 64 * kPage, MREMAP_MAYMOVE));
  SHOW(moved != area);
  SHOW(is_mapped(area));
  printf("%d %d %d\n", moved[0], moved[4 * kPage - 1], moved[63 * kPage]);

  char* target = map(4);
  memset(target, 't', 4 * kPage);
  SHOW(mremap(moved, kPage, kPage, MREMAP_MAYMOVE | MREMAP_FIXED, target + kPage) ==
       target + kPage);
  printf("%d %d %d\n", target[0], target[kPage], target[2 * kPage]);
  SHOW(is_mapped(moved));
  SHOW_POINTER(mremap(target, 2 * kPage, 2 * kPage, MREMAP_MAYMOVE | MREMAP_FIXED, target + kPage));
  SHOW_POINTER(mremap(target, kPage, kPage, MREMAP_FIXED, target + kPage));
  SHOW_POINTER(mremap(target + 1, kPage, kPage, 0));
  SHOW_POINTER(mremap(target, kPage, 0, 0));
  SHOW_POINTER(mremap(target, kPage, kPage, 0x100));
  SHOW_POINTER(mremap(moved, kPage, 2 * kPage, MREMAP_MAYMOVE));
  char* kept = SHOW_POINTER(mremap(target, kPage, kPage, MREMAP_MAYMOVE | MREMAP_DONTUNMAP, NULL));
  printf("%d %d\n", kept[0], target[0]);

  int fd = open("file", O_CREAT | O_RDWR, 0644);
  ftruncate(fd, 8 * kPage);
  char* shared = mmap(0, 2 * kPage, PROT_READ | PROT_WRITE, MAP_SHARED, fd, kPage);
  shared[0] = '1';
  shared = SHOW_POINTER(mremap(shared, 2 * kPage, 4 * kPage, MREMAP_MAYMOVE));
  shared[3 * kPage] = '4';
  char byte;
  pread(fd, &byte, 1, 4 * kPage);
  printf("%c %c\n", shared[0], byte);
  // An old size of 0 makes another view of shared memory.
  char* view = SHOW_POINTER(mremap(shared, 0, kPage, MREMAP_MAYMOVE));
  view[0] = 'v';
  printf("%c\n", shared[0]);
  SHOW_POINTER(mremap(map(1), 0, kPage, MREMAP_MAYMOVE));
  return 0;
}
