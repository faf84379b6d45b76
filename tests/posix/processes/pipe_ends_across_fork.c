// A pipe's reader sees the end when the last copy of the writing end is gone, in whichever process;
// what a child closes stays open in its parent.
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>

#include "process.h"

static const char* state_of(int fd) {
  struct pollfd entry = {.fd = fd, .events = POLLIN};
  poll(&entry, 1, 0);
  return entry.revents & POLLIN ? "data" : entry.revents & POLLHUP ? "end" : "nothing";
}

int main(void) {
  int ends[2], gate[2];
  pipe(ends);
  pipe(gate);
  pid_t child = fork();
  if (child == 0) {
    close(ends[0]);
    close(ends[1]);
    _exit(0);
  }
  end_of(child);
  printf("a child closed both: %s\n", state_of(ends[0]));
  child = fork();
  if (child == 0) {
    char c;
    close(gate[1]);
    read(gate[0], &c, 1);
    dup2(ends[1], 50);
    close(ends[1]);
    write(50, "d", 1);
    _exit(0);
  }
  close(ends[1]);
  printf("the child still has one: %s\n", state_of(ends[0]));
  close(gate[1]);
  end_of(child);
  printf("it wrote and ended: %s\n", state_of(ends[0]));
  char c;
  printf("read %zd, ", read(ends[0], &c, 1));
  printf("then %zd: %s\n", read(ends[0], &c, 1), state_of(ends[0]));

  // The other way round: a writer without readers.
  int other[2];
  pipe(other);
  signal(SIGPIPE, SIG_IGN);
  child = fork();
  if (child == 0) pause();
  close(other[0]);
  printf("a child could read: %zd\n", write(other[1], "x", 1));
  kill(child, SIGKILL);
  end_of(child);
  printf("nobody can: %zd", write(other[1], "x", 1));
  printf(" %s\n", strerror(errno));
  return 0;
}
