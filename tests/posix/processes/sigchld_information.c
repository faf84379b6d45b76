// What a handler of SIGCHLD is told about each end: who, why, which code.
#include <signal.h>

#include "process.h"

static volatile sig_atomic_t count;
static siginfo_t seen;
static void on_child(int number, siginfo_t* info, void* context) {
  (void)number;
  (void)context;
  seen = *info;
  ++count;
}

int main(void) {
  struct sigaction action = {.sa_sigaction = on_child, .sa_flags = SA_SIGINFO | SA_RESTART};
  sigemptyset(&action.sa_mask);
  sigaction(SIGCHLD, &action, NULL);
  for (int i = 0; i < 4; ++i) {
    const pid_t child = fork();
    if (child == 0) {
      if (i == 2) raise(SIGTERM);
      if (i == 3) raise(SIGUSR1);
      _exit(i * 40);
    }
    const char* end = end_of(child);
    while (count <= i) usleep(1000);
    printf("%s: pid %d signo %d code %d status %d\n", end, seen.si_pid == child, seen.si_signo,
           seen.si_code, seen.si_status);
  }

  // Blocked meanwhile: however many end, one is pending.
  sigset_t mask;
  sigemptyset(&mask);
  sigaddset(&mask, SIGCHLD);
  sigprocmask(SIG_BLOCK, &mask, NULL);
  const int before = count;
  for (int i = 0; i < 5; ++i) {
    if (fork() == 0) _exit(0);
  }
  while (wait(NULL) > 0) continue;
  printf("while blocked: %d\n", count - before);
  sigprocmask(SIG_UNBLOCK, &mask, NULL);
  printf("afterwards: %d\n", count - before);
  return 0;
}
