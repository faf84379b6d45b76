// SEEK_DATA and SEEK_HOLE, and punching holes.
#include "../report.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static void show_extents(int fd) {
  off_t end = lseek(fd, 0, SEEK_END);
  for (off_t at = 0; at < end;) {
    off_t data = lseek(fd, at, SEEK_DATA);
    if (data < 0) {
      printf("from %lld on: %s\n", (long long)at, strerrorname_np(errno));
      return;
    }
    at = lseek(fd, data, SEEK_HOLE);
    printf("data in [%lld, %lld)\n", (long long)data, (long long)at);
  }
}

int main(void) {
  static char block[65536];
  memset(block, 'x', sizeof block);
  int fd = SHOW_OPEN(open("file", O_CREAT | O_RDWR, 0644));
  show_extents(fd);
  SHOW(lseek(fd, 0, SEEK_DATA));
  SHOW(lseek(fd, 0, SEEK_HOLE));
  SHOW(pwrite(fd, block, sizeof block, 1 << 20));
  SHOW(pwrite(fd, block, sizeof block, 4 << 20));
  show_extents(fd);
  SHOW(ftruncate(fd, 8 << 20));
  show_extents(fd);
  SHOW(fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, (1 << 20) + 4096, 8192));
  show_extents(fd);
  char byte = 'y';
  SHOW(pread(fd, &byte, 1, (1 << 20) + 4096));
  SHOW(byte);
  SHOW(pread(fd, &byte, 1, (1 << 20) + 4095));
  SHOW(byte);
  SHOW(lseek(fd, (1 << 20) + 5, SEEK_DATA));
  SHOW(lseek(fd, (1 << 20) + 5, SEEK_HOLE));
  SHOW(lseek(fd, 9 << 20, SEEK_DATA));
  SHOW(lseek(fd, 8 << 20, SEEK_HOLE));
  SHOW(lseek(fd, -1, SEEK_DATA));
  SHOW(fallocate(fd, FALLOC_FL_PUNCH_HOLE, 0, 4096));
  int ends[2];
  pipe(ends);
  SHOW(lseek(ends[0], 0, SEEK_DATA));
  return 0;
}
