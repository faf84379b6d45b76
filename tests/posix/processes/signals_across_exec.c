// exec resets handlers, keeps what is ignored, the mask, what is pending and the alarm; not the
// other timers nor the alternate stack.
#define _GNU_SOURCE
#include <signal.h>
#include <stdlib.h>
#include <sys/time.h>
#include <time.h>

#include "process.h"

static void on_signal(int number) { (void)number; }

int main(int argc, char** argv) {
  if (argc > 1) {
    struct sigaction action;
    const int numbers[] = {SIGUSR1, SIGUSR2, SIGHUP, SIGTERM};
    for (int i = 0; i < 4; ++i) {
      sigaction(numbers[i], NULL, &action);
      printf("%d %s flags %x, ", numbers[i],
             action.sa_handler == SIG_DFL   ? "default"
             : action.sa_handler == SIG_IGN ? "ignored"
                                            : "handler",
             action.sa_handler == SIG_DFL ? 0 : (unsigned)action.sa_flags);
    }
    sigset_t mask, pending;
    sigprocmask(SIG_BLOCK, NULL, &mask);
    sigpending(&pending);
    stack_t stack;
    sigaltstack(NULL, &stack);
    printf("blocked %d %d, pending %d %d, stack %d\n", sigismember(&mask, SIGUSR1),
           sigismember(&mask, SIGHUP), sigismember(&pending, SIGUSR1),
           sigismember(&pending, SIGRTMIN), stack.ss_flags == SS_DISABLE);
    siginfo_t info;
    const struct timespec now = {0, 0};
    sigemptyset(&mask);
    sigaddset(&mask, SIGRTMIN);
    while (sigtimedwait(&mask, &info, &now) == SIGRTMIN)
      printf("queued %d\n", info.si_value.sival_int);
    fflush(stdout);
    struct itimerval left;
    getitimer(ITIMER_REAL, &left);
    printf("alarm goes on %d\n", left.it_value.tv_sec > 0 || left.it_value.tv_usec > 0);
    fflush(stdout);
    for (;;) pause();
  }
  signal(SIGUSR1, on_signal);
  signal(SIGUSR2, SIG_IGN);
  signal(SIGHUP, on_signal);
  sigset_t mask;
  sigemptyset(&mask);
  sigaddset(&mask, SIGUSR1);
  sigaddset(&mask, SIGRTMIN);
  sigprocmask(SIG_BLOCK, &mask, NULL);
  raise(SIGUSR1);
  for (int i = 0; i < 3; ++i) sigqueue(getpid(), SIGRTMIN, (union sigval){.sival_int = i});
  static char memory[1 << 16];
  const stack_t stack = {.ss_sp = memory, .ss_size = sizeof memory};
  sigaltstack(&stack, NULL);
  timer_t timer;
  struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGTERM};
  timer_create(CLOCK_MONOTONIC, &event, &timer);
  timer_settime(timer, 0, &(struct itimerspec){.it_value = {.tv_nsec = 50000000}}, NULL);
  const struct itimerval soon = {.it_value = {.tv_usec = 200000}};
  const pid_t child = fork();
  if (child == 0) {
    setitimer(ITIMER_REAL, &soon, NULL);
    raise(SIGUSR1);  // pending signals are not inherited by fork
    sigqueue(getpid(), SIGRTMIN, (union sigval){.sival_int = 7});
    execl(own_path(), argv[0], "child", (char*)NULL);
    _exit(1);
  }
  timer_delete(timer);
  printf("%s\n", end_of(child));
  return 0;
}
