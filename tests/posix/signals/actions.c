// sigaction: what it returns, SA_RESETHAND, SA_NODEFER, masks during a handler, and what cannot be
// caught.
#include "../report.h"

#include <signal.h>
#include <unistd.h>

static void show_mask(const char* where) {
  sigset_t set;
  sigprocmask(SIG_SETMASK, NULL, &set);
  printf("%s:", where);
  for (int i = 1; i < NSIG; i++) {
    if (sigismember(&set, i) == 1) printf(" %s", sigabbrev_np(i) ? sigabbrev_np(i) : "RT");
  }
  puts("");
}

static int depth, raised, last_code;

static void note(int number) {
  printf("handler of %s, depth %d\n", sigabbrev_np(number), ++depth);
  show_mask("  mask");
  if (raised++ % 2 == 0) raise(number);
  printf("leaving depth %d\n", depth--);
}

static void detailed(int number, siginfo_t* information, void* context) {
  last_code = information->si_code;
  printf("signal %d code %d from self %d, context %d\n", information->si_signo == number,
         information->si_code, information->si_pid == getpid(), context != NULL);
}

int main(void) {
  struct sigaction action = {.sa_handler = note}, old;
  sigemptyset(&action.sa_mask);
  SHOW(sigaction(SIGUSR1, &action, &old));
  SHOW(old.sa_handler == SIG_DFL);
  SHOW(raise(SIGUSR1));
  show_mask("after");
  action.sa_flags = SA_NODEFER;
  sigaddset(&action.sa_mask, SIGUSR2);
  SHOW(sigaction(SIGUSR1, &action, &old));
  SHOW(old.sa_handler == note);
  SHOW(raise(SIGUSR1));
  action.sa_flags = SA_RESETHAND;
  sigaction(SIGUSR1, &action, NULL);
  depth = 5;
  raised = 1;
  SHOW(raise(SIGUSR1));
  SHOW(sigaction(SIGUSR1, NULL, &old));
  SHOW(old.sa_handler == SIG_DFL);
  action.sa_flags = SA_SIGINFO;
  action.sa_sigaction = detailed;
  SHOW(sigaction(SIGUSR2, &action, NULL));
  SHOW(raise(SIGUSR2));
  SHOW(last_code == SI_TKILL);
  SHOW(kill(getpid(), SIGUSR2));
  SHOW(last_code == SI_USER);
  SHOW(sigaction(SIGUSR2, NULL, &old));
  printf("flags %x, USR2 %d, TERM %d\n", old.sa_flags & ~0x04000000,
         sigismember(&old.sa_mask, SIGUSR2), sigismember(&old.sa_mask, SIGTERM));

  SHOW(sigaction(SIGKILL, &action, NULL));
  SHOW(sigaction(SIGSTOP, &action, NULL));
  SHOW(sigaction(SIGKILL, NULL, &old));
  SHOW(sigaction(0, &action, NULL));
  SHOW(sigaction(65, &action, NULL));
  SHOW(sigaction(-1, &action, NULL));
  SHOW(sigaction(32, &action, NULL));
  SHOW(signal(SIGKILL, SIG_IGN) == SIG_ERR);
  SHOW(signal(SIGUSR1, SIG_IGN) == SIG_DFL);
  SHOW(signal(SIGUSR1, note) == SIG_IGN);
  SHOW(kill(getpid(), 65));
  SHOW(kill(getpid(), 0));
  SHOW(kill(999999, 0));
  SHOW(raise(0));
  SHOW(raise(65));
  // Setting SIG_IGN drops what is pending.
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGUSR1);
  sigprocmask(SIG_BLOCK, &set, NULL);
  raise(SIGUSR1);
  signal(SIGUSR1, SIG_IGN);
  signal(SIGUSR1, note);
  sigprocmask(SIG_UNBLOCK, &set, NULL);
  puts("nothing came");
  return 0;
}
