// splice, tee and vmsplice.
#include "../report.h"

#include <fcntl.h>
#include <sys/uio.h>
#include <unistd.h>

int main(void) {
  char text[32];
  int first[2], second[2];
  pipe2(first, O_NONBLOCK);
  pipe2(second, O_NONBLOCK);
  int fd = open("file", O_CREAT | O_RDWR, 0644);
  SHOW(write(fd, "0123456789", 10));
  off64_t offset = 2;
  SHOW(splice(fd, &offset, first[1], NULL, 5, 0));
  SHOW(offset);
  SHOW(lseek(fd, 0, SEEK_CUR));
  SHOW(tee(first[0], second[1], 3, 0));
  SHOW(read(second[0], text, sizeof text));
  report_bytes("teed", text, 3);
  SHOW(splice(first[0], NULL, second[1], NULL, 2, SPLICE_F_MOVE));
  offset = 20;
  SHOW(splice(first[0], NULL, fd, &offset, 100, 0));
  SHOW(offset);
  SHOW(splice(first[0], NULL, fd, &offset, 100, SPLICE_F_NONBLOCK));
  SHOW(read(second[0], text, sizeof text));
  report_bytes("moved", text, 2);
  SHOW(pread(fd, text, sizeof text, 0));
  report_bytes("file", text, 23);
  SHOW(lseek(fd, 0, SEEK_END));
  SHOW(splice(fd, NULL, first[1], NULL, 5, 0));

  struct iovec words[2] = {{"from ", 5}, {"memory", 6}};
  SHOW(vmsplice(first[1], words, 2, 0));
  SHOW(read(first[0], text, sizeof text));
  report_bytes("from memory", text, 11);

  SHOW(splice(fd, NULL, fd, NULL, 5, 0));
  SHOW(splice(first[0], &offset, fd, NULL, 5, 0));
  SHOW(splice(first[0], NULL, fd, NULL, 0, 0));
  SHOW(splice(first[0], NULL, first[1], NULL, 5, 0));
  SHOW(splice(first[1], NULL, fd, NULL, 5, 0));
  SHOW(splice(-1, NULL, fd, NULL, 5, 0));
  SHOW(splice(first[0], NULL, fd, NULL, 5, 0x100));
  SHOW(tee(fd, first[1], 5, 0));
  SHOW(tee(first[0], first[1], 5, 0));
  SHOW(tee(first[0], second[1], 5, 0));
  SHOW(vmsplice(fd, words, 1, 0));
  int append = open("file", O_WRONLY | O_APPEND);
  SHOW(write(first[1], "x", 1));
  SHOW(splice(first[0], NULL, append, NULL, 1, 0));
  close(first[1]);
  SHOW(read(first[0], text, 1));
  SHOW(splice(first[0], NULL, fd, NULL, 1, 0));
  return 0;
}
