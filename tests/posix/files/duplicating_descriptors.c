// dup, dup2, dup3 and F_DUPFD: numbers, flags, and what duplicates share.
#include "../report.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

int main(void) {
  char byte;
  struct rlimit limit = {100, 100};
  SHOW(setrlimit(RLIMIT_NOFILE, &limit));
  int fd = SHOW_OPEN(open("file", O_CREAT | O_RDWR | O_CLOEXEC, 0644));
  SHOW(write(fd, "abcdef", 6));
  SHOW(dup2(fd, 50));
  SHOW(lseek(50, 1, SEEK_SET));
  SHOW(read(fd, &byte, 1));
  SHOW(byte);
  SHOW(fcntl(fd, F_GETFD));
  SHOW(fcntl(50, F_GETFD));
  SHOW(dup3(fd, 50, O_CLOEXEC));
  SHOW(fcntl(50, F_GETFD));
  SHOW(dup2(50, 50));
  SHOW(fcntl(50, F_GETFD));
  SHOW(dup3(50, 50, 0));
  SHOW(dup3(fd, 51, O_APPEND));
  SHOW(dup2(fd, -1));
  SHOW(dup2(fd, 100));
  SHOW(dup2(99, 98));
  SHOW(dup2(98, 98));
  SHOW(dup2(-1, 3));
  SHOW(dup(-1));
  SHOW(dup(99));
  // Status flags are shared, descriptor flags are not.
  SHOW(fcntl(50, F_SETFL, O_APPEND | O_NONBLOCK));
  printf("shared: %d\n", (fcntl(fd, F_GETFL) & (O_APPEND | O_NONBLOCK)) == (O_APPEND | O_NONBLOCK));

  SHOW(fcntl(fd, F_DUPFD, 60));
  SHOW(fcntl(fd, F_DUPFD, 60));
  SHOW(fcntl(fd, F_DUPFD_CLOEXEC, 60));
  SHOW(fcntl(62, F_GETFD));
  SHOW(close(61));
  SHOW(fcntl(fd, F_DUPFD, 60));
  SHOW(fcntl(fd, F_DUPFD, 99));
  SHOW(fcntl(fd, F_DUPFD, 99));
  SHOW(fcntl(fd, F_DUPFD, 100));
  SHOW(fcntl(fd, F_DUPFD, -1));
  SHOW(fcntl(97, F_DUPFD, 0));

  // The lowest free number is taken, until there is none.
  while (dup(fd) >= 0) continue;
  printf("full: %s\n", strerrorname_np(errno));
  SHOW_OPEN(open("file", O_RDONLY));
  int ends[2] = {-7, -7};
  SHOW(pipe(ends));
  SHOW(ends[0]);
  SHOW(close(70));
  SHOW(close(40));
  SHOW(dup(fd));
  SHOW(pipe(ends));
  SHOW(dup(fd));
  SHOW(dup2(fd, 71));
  SHOW(close(71));
  SHOW(close(71));
  SHOW(close(1000));
  SHOW(close(-1));
  return 0;
}
