// sigqueue: values, order of real-time signals, what is queued and what is merged.
#include "../report.h"

#include <signal.h>
#include <sys/types.h>
#include <unistd.h>

static void show(int number, siginfo_t* information, void* context) {
  printf("  %s%d value %d code %d\n", number >= SIGRTMIN ? "RT+" : "",
         number >= SIGRTMIN ? number - SIGRTMIN : number, information->si_value.sival_int,
         information->si_code);
}

static int queue(int number, int value) {
  return sigqueue(getpid(), number, (union sigval){.sival_int = value});
}

int main(void) {
  struct sigaction action = {.sa_sigaction = show, .sa_flags = SA_SIGINFO};
  sigfillset(&action.sa_mask);
  static const int numbers[] = {SIGUSR1, SIGUSR2};
  sigset_t blocked, pending;
  sigemptyset(&blocked);
  for (int i = 0; i < 2; i++) {
    sigaction(numbers[i], &action, NULL);
    sigaddset(&blocked, numbers[i]);
  }
  for (int i = 0; i < 4; i++) {
    sigaction(SIGRTMIN + i, &action, NULL);
    sigaddset(&blocked, SIGRTMIN + i);
  }
  sigprocmask(SIG_BLOCK, &blocked, NULL);
  SHOW(queue(SIGRTMIN + 2, 1));
  SHOW(queue(SIGRTMIN, 2));
  SHOW(queue(SIGRTMIN + 2, 3));
  SHOW(queue(SIGUSR2, 4));
  SHOW(queue(SIGUSR1, 5));
  SHOW(queue(SIGUSR1, 6));
  SHOW(queue(SIGRTMIN, 7));
  SHOW(sigpending(&pending));
  printf("pending: %d %d %d %d\n", sigismember(&pending, SIGUSR1), sigismember(&pending, SIGRTMIN),
         sigismember(&pending, SIGRTMIN + 1), sigismember(&pending, SIGRTMIN + 2));
  puts("unblocked:");
  sigprocmask(SIG_UNBLOCK, &blocked, NULL);
  sigpending(&pending);
  SHOW(sigisemptyset(&pending));

  // Waiting takes the lowest number, and of that the oldest.
  sigprocmask(SIG_BLOCK, &blocked, NULL);
  queue(SIGRTMIN + 3, 10);
  queue(SIGRTMIN + 1, 11);
  queue(SIGRTMIN + 1, 12);
  kill(getpid(), SIGUSR1);
  for (int i = 0; i < 4; i++) {
    siginfo_t information;
    int number = sigwaitinfo(&blocked, &information);
    show(number, &information, NULL);
  }
  struct timespec none = {0, 0}, wrong = {0, -1};
  SHOW(sigtimedwait(&blocked, NULL, &none));
  SHOW(sigtimedwait(&blocked, NULL, &wrong));
  SHOW(queue(0, 1));
  SHOW(queue(65, 1));
  SHOW(sigqueue(999999, SIGUSR1, (union sigval){0}));
  return 0;
}
