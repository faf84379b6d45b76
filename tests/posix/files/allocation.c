// fallocate and posix_fallocate.
#include "../report.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static void show_size(int fd) {
  struct stat status;
  fstat(fd, &status);
  printf("  %lld bytes, %lld KiB in use\n", (long long)status.st_size,
         (long long)status.st_blocks / 2);
}

int main(void) {
  char text[8];
  int fd = SHOW_OPEN(open("file", O_CREAT | O_RDWR, 0644));
  SHOW(fallocate(fd, 0, 0, 8192));
  show_size(fd);
  SHOW(fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, 16384));
  show_size(fd);
  SHOW(write(fd, "abcdefgh", 8));
  SHOW(fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 2, 3));
  SHOW(pread(fd, text, 8, 0));
  report_bytes("punched", text, 8);
  SHOW(fallocate(fd, FALLOC_FL_ZERO_RANGE, 6, 20000));
  SHOW(pread(fd, text, 8, 0));
  report_bytes("zeroed", text, 8);
  show_size(fd);
  SHOW_ERROR(posix_fallocate(fd, 20000, 10000));
  show_size(fd);
  SHOW_ERROR(posix_fallocate(fd, 0, 0));
  SHOW_ERROR(posix_fallocate(fd, -1, 10));
  SHOW(fallocate(fd, 0, 0, 0));
  SHOW(fallocate(fd, 0, -1, 10));
  SHOW(fallocate(fd, 0, 10, -1));
  SHOW(fallocate(fd, 0, 0x7ffffffffffffff0, 0x100));
  SHOW(fallocate(fd, 0x4000, 0, 10));
  SHOW(fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_ZERO_RANGE | FALLOC_FL_KEEP_SIZE, 0, 10));
  int reader = open("file", O_RDONLY);
  SHOW(fallocate(reader, 0, 0, 10));
  SHOW_ERROR(posix_fallocate(reader, 0, 10));
  SHOW(fallocate(-1, 0, 0, 10));
  SHOW(fallocate(open(".", O_RDONLY), 0, 0, 10));
  int ends[2];
  pipe(ends);
  SHOW(fallocate(ends[1], 0, 0, 10));
  SHOW_ERROR(posix_fallocate(ends[1], 0, 10));
  return 0;
}
