// What open's flags do, and which errors it gives.
#include "../report.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

int main(void) {
  char text[32];
  int fd = SHOW_OPEN(open("file", O_CREAT | O_EXCL | O_WRONLY, 0644));
  SHOW(write(fd, "contents", 8));
  SHOW(read(fd, text, 1));
  close(fd);
  SHOW_OPEN(open("file", O_CREAT | O_EXCL | O_WRONLY, 0644));
  SHOW_OPEN(open("file", O_DIRECTORY));
  SHOW_OPEN(open("file/", O_RDONLY));
  SHOW_OPEN(open("file/below", O_RDONLY));
  SHOW_OPEN(open("new/", O_CREAT | O_WRONLY, 0644));
  SHOW_OPEN(open("missing", O_RDONLY));
  SHOW_OPEN(open("missing/below", O_CREAT | O_WRONLY, 0644));
  SHOW_OPEN(open("", O_RDONLY));
  SHOW_OPEN(open(".", O_WRONLY));
  SHOW_OPEN(open(".", O_RDWR));
  SHOW_OPEN(open(".", O_RDONLY | O_CREAT, 0644));
  SHOW_OPEN(open((const char*)1, O_RDONLY));

  SHOW(symlink("file", "link"));
  SHOW(symlink("target", "dangling"));
  SHOW_OPEN(open("link", O_RDONLY | O_NOFOLLOW));
  SHOW_OPEN(open("dangling", O_RDONLY));
  SHOW_OPEN(open("dangling", O_CREAT | O_EXCL | O_WRONLY, 0644));
  SHOW_OPEN(open("dangling", O_CREAT | O_WRONLY, 0644));
  struct stat status;
  SHOW(stat("target", &status));

  fd = SHOW_OPEN(open("link", O_PATH | O_NOFOLLOW));
  SHOW(read(fd, text, sizeof text));
  SHOW(fchmod(fd, 0600));
  SHOW(readlinkat(fd, "", text, sizeof text));
  SHOW(fstat(fd, &status));
  printf("a link: %d\n", S_ISLNK(status.st_mode));
  printf("flags: %o\n", fcntl(fd, F_GETFL) & ~O_LARGEFILE);
  close(fd);

  fd = SHOW_OPEN(open("file", O_RDWR | O_TRUNC | O_CLOEXEC));
  SHOW(lseek(fd, 0, SEEK_END));
  SHOW(fcntl(fd, F_GETFD));
  close(fd);
  // Access mode 3 permits neither reading nor writing, just ioctl.
  fd = SHOW_OPEN(open("file", O_ACCMODE));
  SHOW(read(fd, text, 1));
  SHOW(write(fd, "x", 1));
  close(fd);
  SHOW_OPEN(open("file", O_TMPFILE | O_RDWR, 0600));
  SHOW_OPEN(open(".", O_TMPFILE, 0600));
  SHOW_OPEN(creat("file/new", 0600));
  return 0;
}
