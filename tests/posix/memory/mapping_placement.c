// Where mmap puts things: hints, MAP_FIXED, MAP_FIXED_NOREPLACE, and what it refuses.
#include "../report.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

enum { kPage = 4096 };

int main(void) {
  const int anonymous = MAP_PRIVATE | MAP_ANONYMOUS;
  char* area = SHOW_POINTER(mmap(0, 16 * kPage, PROT_READ | PROT_WRITE, anonymous, -1, 0));
  printf("aligned: %d, zero: %d\n", (uintptr_t)area % kPage == 0,
         area[0] == 0 && area[16 * kPage - 1] == 0);
  memset(area, 'a', 16 * kPage);

  // A fixed mapping replaces what is there, and only that.
  char* fixed = mmap(area + 4 * kPage, kPage, PROT_READ | PROT_WRITE, anonymous | MAP_FIXED, -1, 0);
  SHOW(fixed == area + 4 * kPage);
  printf("%d %d %d\n", area[4 * kPage - 1], area[4 * kPage], area[5 * kPage]);
  SHOW_POINTER(mmap(area + 4 * kPage, kPage, PROT_READ, anonymous | MAP_FIXED_NOREPLACE, -1, 0));
  SHOW_POINTER(mmap(area + kPage / 2, kPage, PROT_READ, anonymous | MAP_FIXED, -1, 0));
  SHOW(munmap(area + 8 * kPage, 2 * kPage));
  char* again = mmap(area + 8 * kPage, kPage, PROT_READ, anonymous | MAP_FIXED_NOREPLACE, -1, 0);
  SHOW(again == area + 8 * kPage);
  SHOW_POINTER(
      mmap(area + 8 * kPage, 2 * kPage, PROT_READ, anonymous | MAP_FIXED_NOREPLACE, -1, 0));
  // A hint is taken if there is room, and is no reason to fail.
  char* hinted = mmap(area + 9 * kPage, kPage, PROT_READ, anonymous, -1, 0);
  SHOW(hinted == area + 9 * kPage);
  char* elsewhere = mmap(area, kPage, PROT_READ, anonymous, -1, 0);
  SHOW(elsewhere != MAP_FAILED && (elsewhere < area || elsewhere >= area + 16 * kPage));

  SHOW_POINTER(mmap(0, 0, PROT_READ, anonymous, -1, 0));
  SHOW_POINTER(mmap(0, kPage, PROT_READ, MAP_ANONYMOUS, -1, 0));
  SHOW_POINTER(mmap(0, kPage, PROT_READ, MAP_PRIVATE, -1, 0));
  SHOW_POINTER(mmap(0, kPage, PROT_READ, MAP_PRIVATE, open(".", O_RDONLY), 0));
  int fd = open("file", O_CREAT | O_RDWR, 0644);
  ftruncate(fd, 2 * kPage);
  SHOW_POINTER(mmap(0, kPage, PROT_READ, MAP_PRIVATE, fd, 100));
  SHOW_POINTER(mmap(0, kPage, PROT_READ, MAP_SHARED, fd, -kPage));
  int reader = open("file", O_RDONLY), writer = open("file", O_WRONLY);
  SHOW_POINTER(mmap(0, kPage, PROT_READ | PROT_WRITE, MAP_SHARED, reader, 0));
  SHOW_POINTER(mmap(0, kPage, PROT_READ | PROT_WRITE, MAP_PRIVATE, reader, 0));
  SHOW_POINTER(mmap(0, kPage, PROT_WRITE, MAP_SHARED, writer, 0));
  int ends[2];
  pipe(ends);
  SHOW_POINTER(mmap(0, kPage, PROT_READ, MAP_PRIVATE, ends[0], 0));
  SHOW_POINTER(mmap(0, kPage, PROT_READ, MAP_SHARED_VALIDATE | 0x2000000, fd, 0));
  SHOW_POINTER(mmap(0, kPage, PROT_READ, MAP_SHARED_VALIDATE, fd, 0));
  SHOW_POINTER(mmap(0, kPage, PROT_READ, MAP_PRIVATE, open("file", O_PATH), 0));
  return 0;
}
