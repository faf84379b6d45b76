// Signals between processes, and how processes end by them.
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void ended(const char* what, pid_t child) {
  int status = 0;
  waitpid(child, &status, 0);
  if (WIFSIGNALED(status)) {
    printf("%s: signal %d\n", what, WTERMSIG(status));
  } else {
    printf("%s: exit %d\n", what, WEXITSTATUS(status));
  }
}

static volatile sig_atomic_t got, value;
static void handler(int number, siginfo_t* info, void* context) {
  (void)context;
  got = number;
  value = info->si_value.sival_int;
  if (info->si_pid == getppid()) value += 1000;
}

int main(void) {
  setvbuf(stdout, NULL, _IONBF, 0);
  int ready[2];
  pipe(ready);
  char c = 0;

  int signals[] = {SIGTERM, SIGKILL, SIGINT,  SIGHUP,      SIGALRM,
                   SIGUSR1, SIGPIPE, SIGABRT, SIGRTMIN + 3};
  for (unsigned i = 0; i < sizeof signals / sizeof *signals; ++i) {
    pid_t child = fork();
    if (child == 0) {
      write(ready[1], &c, 1);
      for (;;) pause();
    }
    read(ready[0], &c, 1);
    printf("kill %d ", kill(child, signals[i]));
    ended("waiting", child);
  }
  // One that computes.
  pid_t child = fork();
  if (child == 0) {
    write(ready[1], &c, 1);
    for (volatile unsigned i = 0;; ++i) {
    }
  }
  read(ready[0], &c, 1);
  kill(child, SIGTERM);
  ended("computing", child);

  // Of one's own doing.
  for (int i = 0; i < 5; ++i) {
    child = fork();
    if (child == 0) {
      switch (i) {
        case 0:
          abort();
        case 1:
          raise(SIGKILL);
          break;
        case 2:
          alarm(1);
          for (;;) pause();
        case 3:
          *(volatile int*)8 = 1;
          break;
        default:
          signal(SIGTERM, SIG_IGN);
          kill(getpid(), SIGTERM);
          _exit(9);
      }
    }
    ended("self", child);
  }

  // With a value, blocked for a while.
  child = fork();
  if (child == 0) {
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_sigaction = handler;
    action.sa_flags = SA_SIGINFO;
    sigaction(SIGUSR2, &action, NULL);
    sigset_t mask, old;
    sigemptyset(&mask);
    sigaddset(&mask, SIGUSR2);
    sigprocmask(SIG_BLOCK, &mask, &old);
    write(ready[1], &c, 1);
    sigsuspend(&old);
    _exit(got == SIGUSR2 && value == 1042 ? 7 : 8);
  }
  read(ready[0], &c, 1);
  union sigval with = {.sival_int = 42};
  printf("sigqueue %d\n", sigqueue(child, SIGUSR2, with));
  ended("queued", child);

  // A group.
  pid_t group = 0;
  pid_t members[3];
  for (int i = 0; i < 3; ++i) {
    members[i] = fork();
    if (members[i] == 0) {
      setpgid(0, group);
      write(ready[1], &c, 1);
      for (;;) pause();
    }
    setpgid(members[i], group);
    if (i == 0) group = members[0];
    read(ready[0], &c, 1);
  }
  printf("group %d\n", kill(-group, SIGTERM));
  for (int i = 0; i < 3; ++i) ended("member", members[i]);
  printf("no such group %d %s\n", kill(-group, SIGTERM), strerror(errno));
  printf("no such process %d %s\n", kill(group, 0), strerror(errno));

  // Handlers, masks and what is pending.
  signal(SIGUSR1, SIG_IGN);
  sigset_t mask;
  sigemptyset(&mask);
  sigaddset(&mask, SIGUSR2);
  sigprocmask(SIG_BLOCK, &mask, NULL);
  raise(SIGUSR2);
  child = fork();
  if (child == 0) {
    sigset_t pending, blocked;
    sigpending(&pending);
    sigprocmask(SIG_BLOCK, NULL, &blocked);
    raise(SIGUSR1);
    _exit(sigismember(&pending, SIGUSR2) * 10 + sigismember(&blocked, SIGUSR2));
  }
  ended("inherited", child);

  // Sessions.
  child = fork();
  if (child == 0) {
    pid_t session = setsid();
    int ok = session == getpid() && getpgrp() == session && getsid(0) == session;
    int again = setsid();
    _exit(ok && again == -1 && errno == EPERM ? 11 : 12);
  }
  ended("session", child);
  return 0;
}
