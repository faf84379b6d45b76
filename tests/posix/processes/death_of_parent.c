// PR_SET_PDEATHSIG: a signal when the parent ends; fork does not pass it on.
#include <errno.h>
#include <signal.h>
#include <sys/prctl.h>

#include "process.h"

static int run(int sets_it, int in_grandchild) {
  int ends[2], ready[2];
  pipe(ends);
  pipe(ready);
  const pid_t parent = fork();
  if (parent == 0) {
    if (fork() == 0) {
      if (sets_it && prctl(PR_SET_PDEATHSIG, SIGTERM) < 0) write(ends[1], "e", 1);
      if (in_grandchild && fork() != 0) _exit(0);
      close(ends[0]);
      write(ready[1], "r", 1);
      usleep(150000);
      write(ends[1], "s", 1);  // survived
      _exit(0);
    }
    char c;
    read(ready[0], &c, 1);
    _exit(0);
  }
  close(ends[1]);
  end_of(parent);
  char text[8] = "";
  const size_t size = read_fully(ends[0], text, sizeof text - 1);
  close(ends[0]);
  close(ready[0]);
  close(ready[1]);
  return size == 0 ? '-' : text[0];
}

int main(void) {
  int number = -1;
  printf("default: %d", prctl(PR_GET_PDEATHSIG, &number));
  printf(" %d\n", number);
  printf("set: %d", prctl(PR_SET_PDEATHSIG, SIGUSR1));
  printf(", get: %d", prctl(PR_GET_PDEATHSIG, &number));
  printf(" %d\n", number);
  printf("wrong: %d", prctl(PR_SET_PDEATHSIG, 65));
  printf(" %s\n", strerror(errno));
  prctl(PR_SET_PDEATHSIG, 0);
  fflush(stdout);
  printf("without: %c\n", run(0, 0));
  printf("with: %c\n", run(1, 0));
  printf("of a fork: %c\n", run(1, 1));
  return 0;
}
