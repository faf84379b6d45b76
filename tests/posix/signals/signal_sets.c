// Arithmetic of sigset_t, sigprocmask's three ways, and names of signals.
#include "../report.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>

int main(void) {
  sigset_t set, other, result;
  SHOW(sigemptyset(&set));
  SHOW(sigisemptyset(&set));
  SHOW(sigaddset(&set, SIGINT));
  SHOW(sigaddset(&set, SIGRTMAX));
  SHOW(sigismember(&set, SIGRTMAX));
  SHOW(sigismember(&set, SIGTERM));
  SHOW(sigaddset(&set, 0));
  SHOW(sigaddset(&set, 65));
  SHOW(sigismember(&set, -5));
  SHOW(sigdelset(&set, 100));
  SHOW(sigfillset(&other));
  SHOW(sigismember(&other, 32));
  SHOW(sigandset(&result, &set, &other));
  SHOW(sigismember(&result, SIGINT));
  SHOW(sigdelset(&other, SIGHUP));
  SHOW(sigorset(&result, &set, &other));
  SHOW(sigismember(&result, SIGHUP));

  SHOW(sigprocmask(SIG_BLOCK, &set, &other));
  SHOW(sigismember(&other, SIGINT));
  sigemptyset(&result);
  sigaddset(&result, SIGTERM);
  SHOW(sigprocmask(SIG_BLOCK, &result, NULL));
  SHOW(sigprocmask(SIG_UNBLOCK, &set, &other));
  SHOW(sigismember(&other, SIGINT) * 10 + sigismember(&other, SIGTERM));
  sigfillset(&set);
  SHOW(sigprocmask(SIG_SETMASK, &set, &other));
  SHOW(sigismember(&other, SIGINT) * 10 + sigismember(&other, SIGTERM));
  SHOW(sigprocmask(99, NULL, &other));
  printf("never blocked: %d %d\n", sigismember(&other, SIGKILL), sigismember(&other, SIGSTOP));
  SHOW(sigprocmask(99, &set, NULL));
  SHOW_ERROR(pthread_sigmask(99, &set, NULL));

  SHOW(SIGRTMIN);
  SHOW(SIGRTMAX);
  const int numbers[] = {SIGINT, SIGSEGV, SIGUSR2, SIGRTMIN, SIGRTMIN + 3, SIGRTMAX, 0, 32, 65, -1};
  for (unsigned i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
    const char* name = sigabbrev_np(numbers[i]);
    const char* text = sigdescr_np(numbers[i]);
    printf("%d: %s, %s, %s\n", numbers[i], name ? name : "-", text ? text : "-",
           strsignal(numbers[i]));
  }
  return 0;
}
