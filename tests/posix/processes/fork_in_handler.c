// fork in a signal handler, also one that interrupts a call: both processes return from the handler
// to where the signal came.
#include <errno.h>
#include <signal.h>
#include <sys/time.h>

#include "process.h"

static volatile pid_t child = -1;
static volatile sig_atomic_t deliveries;
static void on_signal(int number) {
  (void)number;
  ++deliveries;
  child = fork();
}

int main(void) {
  struct sigaction action = {.sa_handler = on_signal};
  sigemptyset(&action.sa_mask);
  sigaddset(&action.sa_mask, SIGUSR2);
  sigaction(SIGUSR1, &action, NULL);
  sigaction(SIGALRM, &action, NULL);
  for (int i = 0; i < 10; ++i) {
    int local = i * 3;
    raise(SIGUSR1);
    if (child == 0) {
      // The signal is not blocked any more, and can come again.
      sigset_t mask;
      sigprocmask(SIG_BLOCK, NULL, &mask);
      if (sigismember(&mask, SIGUSR1) || sigismember(&mask, SIGUSR2)) _exit(90);
      _exit(local + deliveries);
    }
    printf("%s\n", end_of(child));
  }
  int ends[2];
  pipe(ends);
  const struct itimerval soon = {.it_value = {.tv_usec = 20000}};
  setitimer(ITIMER_REAL, &soon, NULL);
  char c;
  const ssize_t got = read(ends[0], &c, 1);
  const int error = errno;
  if (child == 0) _exit(got == -1 && error == EINTR ? 42 : 43);
  printf("interrupted: %zd %s\n", got, strerror(error));
  printf("in the child too: %s\n", end_of(child));
  return 0;
}
