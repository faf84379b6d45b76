// truncate and ftruncate: growing shows zeros, shrinking forgets, and what cannot be truncated.
#include "../report.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

int main(void) {
  char text[16];
  int fd = SHOW_OPEN(open("file", O_CREAT | O_RDWR, 0644));
  SHOW(write(fd, "0123456789", 10));
  SHOW(ftruncate(fd, 4));
  SHOW(lseek(fd, 0, SEEK_CUR));
  SHOW(ftruncate(fd, 12));
  SHOW(pread(fd, text, 16, 0));
  report_bytes("forgotten", text, 12);
  SHOW(write(fd, "x", 1));
  SHOW(lseek(fd, 0, SEEK_END));
  SHOW(truncate("file", 0));
  SHOW(lseek(fd, 0, SEEK_END));
  SHOW(truncate("file", -1));
  SHOW(ftruncate(fd, -1));
  SHOW(truncate("missing", 0));
  SHOW(truncate("file/", 0));
  SHOW(truncate("", 0));
  SHOW(truncate(".", 0));
  symlink("file", "link");
  SHOW(truncate("link", 3));
  SHOW(lseek(fd, 0, SEEK_END));
  int reader = open("file", O_RDONLY);
  SHOW(ftruncate(reader, 0));
  int path = open("file", O_PATH);
  SHOW(ftruncate(path, 0));
  SHOW(ftruncate(-1, 0));
  int directory = open(".", O_RDONLY);
  SHOW(ftruncate(directory, 0));
  int ends[2];
  pipe(ends);
  SHOW(ftruncate(ends[1], 0));
  SHOW(mkfifo("fifo", 0600));
  SHOW(truncate("fifo", 0));
  SHOW(ftruncate(fd, 1LL << 62));
  // One descriptor's truncation is another's end of file.
  SHOW(lseek(reader, 2, SEEK_SET));
  SHOW(ftruncate(fd, 1));
  SHOW(read(reader, text, 1));
  return 0;
}
