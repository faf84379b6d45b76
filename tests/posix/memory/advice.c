// madvise: MADV_DONTNEED forgets, and depends on what is mapped; the others change nothing that
// shows.
#include "../report.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

enum { kPage = 4096 };

int main(void) {
  char* area = mmap(0, 4 * kPage, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  memset(area, 'a', 4 * kPage);
  SHOW(madvise(area + kPage, 1, MADV_DONTNEED));
  printf("%d %d %d\n", area[kPage - 1], area[kPage], area[2 * kPage]);
  SHOW(madvise(area + kPage + 1, 1, MADV_DONTNEED));
  SHOW(madvise(area, 0, MADV_DONTNEED));
  SHOW(madvise(area, kPage, 9999));
  int fd = open("file", O_CREAT | O_RDWR, 0644);
  write(fd, "file", 4);
  ftruncate(fd, kPage);
  char* private = mmap(0, kPage, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
  char* shared = mmap(0, kPage, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  memcpy(private, "mine", 4);
  SHOW(madvise(private, kPage, MADV_DONTNEED));
  report_bytes("private is the file's again", private, 4);
  memcpy(shared, "ours", 4);
  SHOW(madvise(shared, kPage, MADV_DONTNEED));
  report_bytes("shared is kept", shared, 4);
  for (int advice = MADV_NORMAL; advice <= MADV_WILLNEED; advice++) {
    printf("%d: %d\n", advice, madvise(area, 4 * kPage, advice));
  }
  SHOW(madvise(area, 4 * kPage, MADV_DONTFORK));
  SHOW(madvise(area, 4 * kPage, MADV_DOFORK));
  SHOW_ERROR(posix_madvise(area, 4 * kPage, POSIX_MADV_DONTNEED));
  printf("posix_madvise forgets nothing: %d\n", area[0]);
  SHOW_ERROR(posix_madvise(area, 4 * kPage, 77));
  SHOW(madvise(shared, kPage, MADV_REMOVE));
  report_bytes("punched", shared, 4);
  char byte = 'x';
  SHOW(pread(fd, &byte, 1, 0));
  SHOW(byte);
  munmap(area + kPage, kPage);
  SHOW(madvise(area, 4 * kPage, MADV_WILLNEED));
  SHOW(madvise(area, 4 * kPage, MADV_DONTNEED));
  printf("the rest was done: %d %d\n", area[0], area[3 * kPage]);
  mprotect(area, kPage, PROT_READ);
  SHOW(madvise(area, kPage, MADV_DONTNEED));
  SHOW(mlock(area, kPage));
  SHOW(madvise(area, kPage, MADV_DONTNEED));
  SHOW(munlock(area, kPage));
  SHOW(mlock(area + kPage, kPage));
  return 0;
}
