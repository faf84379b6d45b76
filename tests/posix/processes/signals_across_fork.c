// A child inherits handlers and the mask, but nothing that is pending, no alarm, no timers.
#define _GNU_SOURCE
#include <signal.h>
#include <sys/time.h>
#include <time.h>

#include "process.h"

static volatile sig_atomic_t handled;
static void on_signal(int number) { handled += number; }

int main(void) {
  setvbuf(stdout, NULL, _IONBF, 0);
  signal(SIGUSR1, on_signal);
  signal(SIGUSR2, SIG_IGN);
  sigset_t mask, pending;
  sigemptyset(&mask);
  sigaddset(&mask, SIGUSR1);
  sigprocmask(SIG_BLOCK, &mask, NULL);
  raise(SIGUSR1);
  alarm(1000);
  timer_t timer;
  struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1};
  timer_create(CLOCK_MONOTONIC, &event, &timer);
  const struct itimerspec later = {.it_value = {.tv_sec = 1000}};
  timer_settime(timer, 0, &later, NULL);
  const pid_t child = fork();
  if (child == 0) {
    sigpending(&pending);
    sigset_t own;
    sigprocmask(SIG_BLOCK, NULL, &own);
    struct itimerspec left;
    printf("child: blocked %d, pending %d, alarm %u, timer %d\n", sigismember(&own, SIGUSR1),
           sigismember(&pending, SIGUSR1), alarm(0), timer_gettime(timer, &left));
    sigprocmask(SIG_UNBLOCK, &mask, NULL);
    printf("handled %d", handled);
    raise(SIGUSR1);
    raise(SIGUSR2);
    printf(", then %d\n", handled);
    signal(SIGUSR1, SIG_DFL);  // the child's own
    raise(SIGUSR1);
    _exit(0);
  }
  printf("%s\n", end_of(child));
  sigpending(&pending);
  printf("parent: pending %d, alarm %d\n", sigismember(&pending, SIGUSR1), alarm(0) > 990);
  sigprocmask(SIG_UNBLOCK, &mask, NULL);
  printf("handled %d\n", handled);
  return 0;
}
