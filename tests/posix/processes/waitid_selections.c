// waitid by process, by group and for all; WNOWAIT leaves the child to be waited for.
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/syscall.h>

#include "process.h"

static void show(const char* what, int result, const siginfo_t* info, pid_t expected) {
  if (result < 0) {
    printf("%s: %s\n", what, strerror(errno));
  } else {
    printf("%s: the expected %d, signo %d, code %d, status %d, own user %d\n", what,
           info->si_pid == expected, info->si_signo, info->si_code, info->si_status,
           info->si_uid == getuid());
  }
}

int main(void) {
  siginfo_t info = {0};
  pid_t one = fork();
  if (one == 0) _exit(11);
  pid_t two = fork();
  if (two == 0) {
    setpgid(0, 0);
    raise(SIGKILL);
  }
  // Whoever comes first.
  setpgid(two, two);
  for (int i = 0; i < 3; ++i) {
    show("kept", waitid(P_PID, one, &info, WEXITED | WNOWAIT), &info, one);
  }
  show("by group", waitid(P_PGID, two, &info, WEXITED), &info, two);
  show("by group again", waitid(P_PGID, two, &info, WEXITED), &info, two);
  show("own group", waitid(P_PGID, getpgrp(), &info, WEXITED), &info, one);
  show("all", waitid(P_ALL, 0, &info, WEXITED), &info, 0);
  show("no state", waitid(P_ALL, 0, &info, WNOHANG), &info, 0);
  show("unknown kind", waitid((idtype_t)17, 0, &info, WEXITED), &info, 0);
  show("unknown option", waitid(P_ALL, 0, &info, WEXITED | 0x100), &info, 0);
  show("process 0", waitid(P_PID, 0, &info, WEXITED), &info, 0);

  // The system call also tells what the child used.
  pid_t busy = fork();
  if (busy == 0) {
    volatile unsigned x = 0;
    for (unsigned i = 0; i < 50000000; ++i) x += i;
    _exit(0);
  }
  struct rusage usage;
  memset(&usage, 0, sizeof usage);
  const long result = syscall(SYS_waitid, P_PID, busy, &info, WEXITED, &usage);
  printf("with usage: %ld, some time %d\n", result,
         usage.ru_utime.tv_sec > 0 || usage.ru_utime.tv_usec > 1000);
  return 0;
}
