// readv, writev, their positional forms, and the flags of preadv2 and pwritev2.
#include "../report.h"

#include <fcntl.h>
#include <sys/uio.h>
#include <unistd.h>

int main(void) {
  char first[4], second[4], third[16];
  struct iovec read_into[3] = {{first, 4}, {second, 0}, {third, 16}};
  struct iovec words[3] = {{"one", 3}, {"", 0}, {"three", 5}};
  int fd = SHOW_OPEN(open("file", O_CREAT | O_RDWR, 0644));
  SHOW(writev(fd, words, 3));
  SHOW(lseek(fd, 0, SEEK_SET));
  SHOW(readv(fd, read_into, 3));
  report_bytes("first", first, 4);
  report_bytes("third", third, 4);
  SHOW(readv(fd, read_into, 3));
  SHOW(readv(fd, read_into, 0));
  SHOW(readv(fd, read_into, -1));
  SHOW(writev(fd, words, 1025));

  static struct iovec many[1024];
  for (int i = 0; i < 1024; i++) many[i] = (struct iovec){"abcdefgh" + i % 8, 1};
  SHOW(pwritev(fd, many, 1024, 100));
  SHOW(lseek(fd, 0, SEEK_END));
  SHOW(lseek(fd, 0, SEEK_CUR));
  SHOW(preadv(fd, read_into, 3, 100 + 1020));
  report_bytes("last", first, 4);
  SHOW(preadv(fd, read_into, 3, -1));
  SHOW(pwritev(fd, words, 3, 5000000000LL));
  SHOW(preadv(fd, read_into, 3, 5000000003LL));
  report_bytes("beyond 4 GiB", first, 4);

  // Offset -1 is the file's own.
  SHOW(lseek(fd, 1, SEEK_SET));
  SHOW(preadv2(fd, read_into, 1, -1, 0));
  report_bytes("at 1", first, 4);
  SHOW(lseek(fd, 0, SEEK_CUR));
  SHOW(pwritev2(fd, words, 1, 0, RWF_APPEND));
  SHOW(lseek(fd, 0, SEEK_END));
  SHOW(pwritev2(fd, words, 1, 0, RWF_DSYNC));
  SHOW(preadv2(fd, read_into, 1, 0, 0x40000000));
  SHOW(preadv2(fd, read_into, 1, 0, RWF_HIPRI));

  // Nothing is written if the first buffer cannot be read; a later one cuts it short.
  struct iovec bad[2] = {{"good", 4}, {(void*)8, 4}};
  SHOW(writev(fd, bad + 1, 1));
  SHOW(lseek(fd, 0, SEEK_SET));
  int ends[2];
  pipe(ends);
  SHOW(writev(ends[1], words, 3));
  SHOW(readv(ends[0], read_into, 3));
  SHOW(preadv(ends[0], read_into, 3, 0));
  SHOW(readv(ends[1], read_into, 3));
  SHOW(writev(fd, (struct iovec*)8, 1));
  return 0;
}
