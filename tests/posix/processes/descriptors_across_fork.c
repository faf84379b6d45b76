// What a child shares with its parent of descriptors: offsets and status flags, but not the table.
#include "../report.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static void in_child(void (*act)(int), int fd) {
  fflush(stdout);
  if (fork() == 0) {
    act(fd);
    fflush(stdout);
    _exit(0);
  }
  wait(NULL);
}

static void move(int fd) {
  SHOW(lseek(fd, 3, SEEK_SET));
  fcntl(fd, F_SETFL, O_APPEND);
  fcntl(fd, F_SETFD, FD_CLOEXEC);
}
static void close_it(int fd) {
  SHOW(close(fd));
  SHOW(dup2(1, 90));
}
static void change_itself(int fd) {
  SHOW(umask(0777));
  SHOW(chdir("/"));
}

int main(void) {
  char text[8];
  umask(022);
  int fd = open("file", O_CREAT | O_RDWR, 0644);
  write(fd, "0123456789", 10);
  in_child(move, fd);
  SHOW(lseek(fd, 0, SEEK_CUR));
  printf("append %d\n", !!(fcntl(fd, F_GETFL) & O_APPEND));
  SHOW(fcntl(fd, F_GETFD));
  in_child(close_it, fd);
  SHOW(read(fd, text, 1));
  SHOW(fcntl(90, F_GETFD));
  in_child(change_itself, fd);
  printf("%o\n", (unsigned)umask(022));
  SHOW(access("file", F_OK));
  // A pipe ends when the last of all copies of its write end is closed.
  int ends[2];
  pipe(ends);
  fflush(stdout);
  if (fork() == 0) {
    usleep(50000);
    write(ends[1], "x", 1);
    _exit(0);
  }
  close(ends[1]);
  SHOW(read(ends[0], text, sizeof text));
  SHOW(read(ends[0], text, sizeof text));
  wait(NULL);
  SHOW(wait(NULL));
  return 0;
}
