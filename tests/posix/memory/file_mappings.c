// Private and shared mappings of a file: who sees which write, and the rest of the last page.
#include "../report.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { kPage = 4096 };

int main(void) {
  char text[16];
  int fd = open("file", O_CREAT | O_RDWR, 0644);
  for (int i = 0; i < 3; i++) pwrite(fd, &"012"[i], 1, i * kPage);
  pwrite(fd, "the end", 7, 2 * kPage + 100);
  char* shared = SHOW_POINTER(mmap(0, 3 * kPage, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0));
  char* private = SHOW_POINTER(mmap(0, 3 * kPage, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0));
  char* second = SHOW_POINTER(mmap(0, kPage, PROT_READ, MAP_SHARED, fd, 2 * kPage));
  SHOW(close(fd));
  fd = open("file", O_RDWR);
  report_bytes("second", second + 99, 9);

  memcpy(shared, "shared", 6);
  pread(fd, text, 6, 0);
  report_bytes("file", text, 6);
  report_bytes("private, not touched yet", private, 6);
  memcpy(private, "PRI", 3);
  report_bytes("shared", shared, 6);
  memcpy(shared, "xxxxxx", 6);
  report_bytes("private keeps its page", private, 6);
  pwrite(fd, "written", 7, 2 * kPage);
  report_bytes("second sees writes", second, 7);
  report_bytes("private sees them until it writes", private + 2 * kPage, 7);

  // What is stored behind the end, in the last page, doesn't get into the file.
  memcpy(shared + 2 * kPage + 200, "lost", 4);
  SHOW(msync(shared, 3 * kPage, MS_SYNC));
  struct stat status;
  fstat(fd, &status);
  SHOW(status.st_size);
  SHOW(ftruncate(fd, 3 * kPage));
  SHOW(pread(fd, text, 4, kPage));
  report_bytes("a hole", text, 4);
  // Truncating zeroes the rest of a mapped page.
  SHOW(ftruncate(fd, 2 * kPage + 3));
  SHOW(ftruncate(fd, 3 * kPage));
  report_bytes("shared", shared + 2 * kPage, 7);
  SHOW(unlink("file"));
  shared[kPage] = '!';
  SHOW(pread(fd, text, 1, kPage));
  SHOW(text[0]);
  SHOW(msync(shared, kPage, MS_ASYNC));
  SHOW(msync(shared, kPage, MS_ASYNC | MS_SYNC));
  SHOW(msync(shared + 1, kPage, MS_SYNC));
  SHOW(msync(shared, kPage, 0x100));
  SHOW(munmap(shared, 3 * kPage));
  SHOW(msync(shared, kPage, MS_SYNC));
  SHOW(read(fd, second, 1));
  return 0;
}
