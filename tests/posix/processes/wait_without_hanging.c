// WNOHANG tells "not yet" from "nobody", and WUNTRACED and WCONTINUED change nothing about ends.
#include <errno.h>
#include <signal.h>

#include "process.h"

int main(void) {
  int status = 99, gate[2];
  errno = 0;
  printf("nobody: %d %s\n", waitpid(-1, &status, WNOHANG), strerror(errno));
  pipe(gate);
  const pid_t child = fork();
  if (child == 0) {
    char c;
    close(gate[1]);
    read(gate[0], &c, 1);
    _exit(5);
  }
  printf("not yet: %d %d\n", waitpid(child, &status, WNOHANG), status);
  printf("not yet: %d\n", waitpid(0, &status, WNOHANG | WUNTRACED | WCONTINUED));
  siginfo_t info;
  memset(&info, 0xff, sizeof info);
  printf("waitid: %d", waitid(P_ALL, 0, &info, WEXITED | WNOHANG));
  printf(", pid %d, signal %d\n", info.si_pid, info.si_signo);
  printf("not a child: %d %s\n", waitpid(getpid(), &status, WNOHANG), strerror(errno));
  close(gate[1]);
  int polls = 0;
  pid_t got;
  while ((got = waitpid(child, &status, WNOHANG | WUNTRACED)) == 0) {
    ++polls;
    usleep(1000);
  }
  printf("then: %d %s\n", got == child, describe_status(status));
  printf("and never again: %d %s\n", waitpid(child, &status, WNOHANG), strerror(errno));
  return 0;
}
