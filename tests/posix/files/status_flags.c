// F_GETFL and F_SETFL, F_GETFD and F_SETFD, and the smaller commands of fcntl.
#include "../report.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

static void show_flags(int fd) {
  int flags = fcntl(fd, F_GETFL);
  printf("  access %d%s%s%s%s%s%s\n", flags & O_ACCMODE, flags & O_APPEND ? " append" : "",
         flags & O_NONBLOCK ? " nonblock" : "", flags & O_DIRECTORY ? " directory" : "",
         flags & O_PATH ? " path" : "", (flags & O_SYNC) == O_SYNC ? " sync" : "",
         flags & (O_CREAT | O_EXCL | O_TRUNC | O_CLOEXEC) ? " creation?" : "");
}

int main(void) {
  char text[8];
  int fd = SHOW_OPEN(open("file", O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC | O_SYNC, 0644));
  show_flags(fd);
  SHOW(fcntl(fd, F_GETFD));
  SHOW(fcntl(fd, F_SETFD, 0));
  SHOW(fcntl(fd, F_GETFD));
  SHOW(fcntl(fd, F_SETFD, -2));
  SHOW(fcntl(fd, F_GETFD));
  // Neither the access mode nor what only open takes can be changed.
  SHOW(fcntl(fd, F_SETFL, O_RDWR | O_APPEND | O_NONBLOCK | O_TRUNC | O_DIRECTORY));
  show_flags(fd);
  SHOW(read(fd, text, 1));
  SHOW(write(fd, "abc", 3));
  SHOW(lseek(fd, 0, SEEK_SET));
  SHOW(write(fd, "def", 3));
  SHOW(lseek(fd, 0, SEEK_CUR));
  SHOW(fcntl(fd, F_SETFL, 0));
  show_flags(fd);
  SHOW(lseek(fd, 0, SEEK_SET));
  SHOW(write(fd, "ghi", 3));
  SHOW(lseek(fd, 0, SEEK_END));

  int directory = open(".", O_RDONLY | O_DIRECTORY);
  show_flags(directory);
  int path = open("file", O_PATH);
  show_flags(path);
  SHOW(fcntl(path, F_SETFL, O_APPEND));
  SHOW(fcntl(path, F_GETFD));
  int ends[2];
  SHOW(pipe2(ends, O_NONBLOCK | O_CLOEXEC));
  show_flags(ends[0]);
  show_flags(ends[1]);
  SHOW(pipe2(ends, O_APPEND));
  SHOW(fcntl(fd, 9999));
  SHOW(fcntl(-1, F_GETFL));
  SHOW(fcntl(fd, F_GETOWN));
  SHOW(fcntl(fd, F_GETSIG));
  SHOW(fcntl(fd, F_SETSIG, SIGUSR1));
  SHOW(fcntl(fd, F_GETSIG));
  SHOW(fcntl(fd, F_SETSIG, 1000));
  SHOW(fcntl(fd, F_GETPIPE_SZ));
  SHOW(fcntl(fd, F_GET_SEALS));
  return 0;
}
