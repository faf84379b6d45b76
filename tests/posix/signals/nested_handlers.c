// Handlers that are interrupted by others, and ones that send signals.
#include "../report.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

static int level, repeat;

static void third(int number) { printf("%*sthird\n", 2 * level, ""); }

static void second(int number) {
  printf("%*ssecond begins\n", 2 * level, "");
  level++;
  raise(SIGTERM);
  level--;
  printf("%*ssecond ends\n", 2 * level, "");
}

static void first(int number) {
  printf("%*sfirst begins\n", 2 * level, "");
  level++;
  raise(SIGUSR2);
  if (repeat-- != 0) raise(SIGUSR1);
  level--;
  printf("%*sfirst ends\n", 2 * level, "");
}

int main(void) {
  struct sigaction action = {.sa_handler = second};
  sigaction(SIGUSR2, &action, NULL);
  action.sa_handler = third;
  sigaction(SIGTERM, &action, NULL);
  // The first handler blocks the second, and ends the program when it sends its own signal again.
  action.sa_handler = first;
  action.sa_flags = SA_RESETHAND | SA_NODEFER;
  sigaddset(&action.sa_mask, SIGUSR2);
  raise(SIGUSR2);
  sigaction(SIGUSR1, &action, NULL);
  fflush(stdout);
  if (fork() == 0) {
    setvbuf(stdout, NULL, _IONBF, 0);
    repeat = 1;
    raise(SIGUSR1);
    _exit(0);
  }
  int status;
  wait(&status);
  SHOW(WIFSIGNALED(status) && WTERMSIG(status) == SIGUSR1);
  action.sa_flags = 0;
  action.sa_handler = first;
  sigaction(SIGUSR1, &action, NULL);
  repeat = 1;
  raise(SIGUSR1);
  return 0;
}
