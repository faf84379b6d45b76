// What each signal does to a process that has not asked for anything.
#include "../report.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static void show(const char* what, pid_t child) {
  int status;
  waitpid(child, &status, 0);
  if (WIFSIGNALED(status)) {
    printf("%s: killed by %d\n", what, WTERMSIG(status));
  } else {
    printf("%s: exit %d\n", what, WEXITSTATUS(status));
  }
}

int main(void) {
  for (int number = 1; number <= 64; number++) {
    // Stopping is job control; 32 and 33 are libc's own.
    if (number == SIGSTOP || number == SIGTSTP || number == SIGTTIN || number == SIGTTOU) continue;
    if (number == 32 || number == 33) continue;
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
      raise(number);
      _exit(1);
    }
    char name[16];
    snprintf(name, sizeof name, "%d", number);
    show(name, child);
  }
  fflush(stdout);
  pid_t child = fork();
  if (child == 0) {
    signal(SIGABRT, SIG_IGN);
    abort();
  }
  show("abort, ignored", child);
  child = fork();
  if (child == 0) {
    sigset_t all;
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, NULL);
    abort();
  }
  show("abort, blocked", child);
  child = fork();
  if (child == 0) {
    sigset_t all;
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, NULL);
    raise(SIGTERM);
    raise(SIGKILL);
    _exit(1);
  }
  show("kill, blocked", child);
  fflush(stdout);
  child = fork();
  if (child == 0) {
    for (;;) pause();
  }
  kill(child, SIGINT);
  show("from the parent", child);
  SHOW(kill(child, 0));
  // A signal that ends the process, as the shell sees it.
  signal(SIGTERM, SIG_DFL);
  fflush(stdout);
  raise(SIGTERM);
  return 0;
}
