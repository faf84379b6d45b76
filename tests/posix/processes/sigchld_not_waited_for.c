// SA_NOCLDWAIT, and ignoring SIGCHLD, make children vanish when they end: wait blocks until all
// have, and then finds nobody. Both are kept by fork; the ignoring also by exec.
#include <errno.h>
#include <signal.h>
#include <stdlib.h>

#include "process.h"

static volatile sig_atomic_t count;
static void on_child(int number) {
  (void)number;
  ++count;
}

static void try_children(const char* what) {
  int ends[2];
  pipe(ends);
  for (int i = 0; i < 5; ++i) {
    if (fork() == 0) {
      usleep(1000 * i);
      write(ends[1], "x", 1);
      _exit(i);
    }
  }
  close(ends[1]);
  errno = 0;
  const pid_t got = wait(NULL);
  const int error = errno;
  char all[10];
  printf("%s: %d %s, %zu had ended\n", what, got, strerror(error),
         read_fully(ends[0], all, sizeof all));
  close(ends[0]);
}

int main(int argc, char** argv) {
  setvbuf(stdout, NULL, _IONBF, 0);
  if (argc > 1) {
    try_children("ignored before exec");
    return 0;
  }
  struct sigaction action = {.sa_handler = on_child, .sa_flags = SA_NOCLDWAIT | SA_RESTART};
  sigemptyset(&action.sa_mask);
  sigaction(SIGCHLD, &action, NULL);
  try_children("SA_NOCLDWAIT");
  printf("handler ran: %d\n", count > 0);
  signal(SIGCHLD, SIG_IGN);
  try_children("ignored");
  const pid_t child = fork();
  if (child == 0) {
    try_children("ignored by the parent");
    execl(own_path(), argv[0], "again", (char*)NULL);
  }
  while (waitpid(child, NULL, 0) >= 0) continue;
  signal(SIGCHLD, SIG_DFL);
  const pid_t last = fork();
  if (last == 0) _exit(9);
  printf("default again: %s\n", end_of(last));
  return 0;
}
