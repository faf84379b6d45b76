// pread and pwrite leave the offset alone, and go beyond the end.
#include "../report.h"

#include <fcntl.h>
#include <unistd.h>

int main(void) {
  char text[32] = {0};
  int fd = SHOW_OPEN(open("file", O_CREAT | O_RDWR, 0644));
  SHOW(write(fd, "0123456789", 10));
  SHOW(pread(fd, text, 4, 3));
  report_bytes("read", text, 4);
  SHOW(lseek(fd, 0, SEEK_CUR));
  SHOW(pread(fd, text, 8, 7));
  SHOW(pread(fd, text, 8, 10));
  SHOW(pread(fd, text, 8, 1000));
  SHOW(pread(fd, text, 8, -1));
  SHOW(pread(fd, text, 0, 5));
  SHOW(pwrite(fd, "ab", 2, 12));
  SHOW(pread(fd, text, 32, 8));
  report_bytes("with a hole", text, 6);
  SHOW(pwrite(fd, "x", 1, -2));
  SHOW(pwrite(fd, "x", 0, 100));
  SHOW(lseek(fd, 0, SEEK_END));

  SHOW(pread(fd, (void*)8, 4, 0));
  SHOW(pread(fd, (void*)8, 4, 100));
  SHOW(pwrite(fd, (void*)8, 4, 0));
  SHOW(read(fd, (void*)8, 0));

  // With O_APPEND, Linux's pwrite appends whatever the offset.
  int append = SHOW_OPEN(open("file", O_WRONLY | O_APPEND));
  SHOW(pwrite(append, "end", 3, 0));
  SHOW(lseek(append, 0, SEEK_CUR));
  SHOW(pread(append, text, 1, 0));
  SHOW(pread(fd, text, 32, 0));
  report_bytes("file", text, 17);

  int ends[2];
  pipe(ends);
  SHOW(pread(ends[0], text, 1, 0));
  SHOW(pwrite(ends[1], "x", 1, 0));
  SHOW(lseek(ends[0], 0, SEEK_CUR));
  int directory = open(".", O_RDONLY);
  SHOW(read(directory, text, 1));
  SHOW(pread(directory, text, 1, 0));
  SHOW(pread(-1, text, 1, 0));
  SHOW(pread(append, text, 0, 0));
  return 0;
}
