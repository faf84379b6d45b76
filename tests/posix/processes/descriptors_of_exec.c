// Which descriptors a program finds open: those without close-on-exec, however it was set.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>

#include "process.h"

int main(int argc, char** argv) {
  if (argc > 1) {
    for (int fd = 20; fd < 30; ++fd) printf(" %d", fcntl(fd, F_GETFD));
    char c = '?';
    read(22, &c, 1);
    printf(" %c\n", c);
    return 0;
  }
  setvbuf(stdout, NULL, _IONBF, 0);
  int ends[2];
  pipe(ends);
  write(ends[1], "xy", 2);
  dup2(ends[0], 20);
  dup3(ends[0], 21, O_CLOEXEC);
  fcntl(ends[0], F_DUPFD, 22);
  fcntl(ends[0], F_DUPFD_CLOEXEC, 23);
  dup2(21, 24);  // the flag is the descriptor's, not the file's
  const int opened = open("/dev/null", O_RDONLY | O_CLOEXEC);
  dup2(opened, 25);
  fcntl(25, F_SETFD, FD_CLOEXEC);
  dup2(25, 26);
  fcntl(25, F_SETFD, 0);
  int other[2];
  pipe2(other, O_CLOEXEC);
  dup3(other[1], 27, O_CLOEXEC);
  fcntl(27, F_SETFD, 0);
  dup2(27, 28);
  fcntl(28, F_SETFD, FD_CLOEXEC);
  printf("same: %d %s\n", dup3(20, 20, 0), strerror(errno));
  // A failed exec closes nothing.
  execl("missing", "missing", (char*)NULL);
  printf("after a failed exec: %d\n", fcntl(21, F_GETFD));
  execl(own_path(), argv[0], "child", (char*)NULL);
  return 1;
}
