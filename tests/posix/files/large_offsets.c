// Offsets and sizes beyond 4 GiB, in a file that is almost all hole.
#include "../report.h"

#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

int main(void) {
  const off_t far = 5LL << 30;
  char text[8] = {0};
  int fd = SHOW_OPEN(open("file", O_CREAT | O_RDWR, 0644));
  SHOW(lseek(fd, far, SEEK_SET));
  SHOW(write(fd, "far", 3));
  SHOW(lseek(fd, 0, SEEK_CUR));
  SHOW(lseek(fd, -(4LL << 30), SEEK_CUR));
  SHOW(lseek(fd, -2, SEEK_END));
  SHOW(read(fd, text, sizeof text));
  report_bytes("read", text, 2);
  SHOW(pread(fd, text, 3, far));
  report_bytes("read", text, 3);
  SHOW(pread(fd, text, 3, (far & 0xffffffff)));
  report_bytes("not the same place", text, 3);

  struct stat status;
  SHOW(fstat(fd, &status));
  SHOW(status.st_size);
  printf("mostly hole: %d\n", status.st_blocks < 1000);
  SHOW(ftruncate(fd, (6LL << 30) + 1));
  SHOW(stat("file", &status));
  SHOW(status.st_size);
  SHOW(truncate("file", far + 1));
  SHOW(lseek(fd, 0, SEEK_END));
  SHOW(posix_fadvise(fd, far, 4096, POSIX_FADV_DONTNEED));

  // What overflows, and what is negative.
  SHOW(lseek(fd, -1, SEEK_SET));
  SHOW(lseek(fd, LLONG_MAX, SEEK_SET));
  SHOW(lseek(fd, 0, SEEK_SET));
  SHOW(lseek(fd, -1, SEEK_CUR));
  SHOW(lseek(fd, LLONG_MIN, SEEK_END));
  SHOW(lseek(fd, 0, 77));
  SHOW(lseek(-1, 0, SEEK_SET));
  SHOW(lseek(fd, 0, SEEK_CUR));

  struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = far, .l_len = far};
  SHOW(fcntl(fd, F_SETLK, &lock));
  lock.l_type = F_RDLCK;
  SHOW(fcntl(fd, F_GETLK, &lock));
  printf("own locks are no obstacle: %d\n", lock.l_type == F_UNLCK);
  return 0;
}
