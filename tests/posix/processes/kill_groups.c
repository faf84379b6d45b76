// kill of a group reaches all its members and nobody else; of nobody it is ESRCH.
#include <errno.h>
#include <signal.h>

#include "process.h"

static pid_t start(pid_t group, const int* ready) {
  const pid_t child = fork();
  if (child == 0) {
    setpgid(0, group);
    write(ready[1], "r", 1);
    for (;;) pause();
  }
  setpgid(child, group);
  return child;
}

int main(void) {
  setvbuf(stdout, NULL, _IONBF, 0);
  int ready[2];
  pipe(ready);
  pid_t members[4], others[2];
  members[0] = start(0, ready);
  for (int i = 1; i < 4; ++i) members[i] = start(members[0], ready);
  others[0] = start(0, ready);
  others[1] = start(others[0], ready);
  char all[6];
  read_fully(ready[0], all, sizeof all);
  printf("is there anybody: %d\n", kill(-members[0], 0));
  printf("kill: %d\n", kill(-members[0], SIGTERM));
  for (int i = 0; i < 4; ++i) printf("member: %s\n", end_of(members[i]));
  printf("nobody: %d %s\n", kill(-members[0], SIGTERM), strerror(errno));
  printf("the others: %d\n", waitpid(-others[0], NULL, WNOHANG));
  printf("killpg: %d\n", killpg(others[0], SIGKILL));
  for (int i = 0; i < 2; ++i) printf("other: %s\n", end_of(others[i]));

  // kill(0) is for the caller's own group, itself included.
  const pid_t leader = fork();
  if (leader == 0) {
    setpgid(0, 0);
    for (int i = 0; i < 3; ++i) {
      if (fork() == 0)
        for (;;) pause();
    }
    signal(SIGUSR1, SIG_IGN);
    kill(0, SIGUSR1);
    int killed = 0, status;
    while (wait(&status) > 0) killed += WIFSIGNALED(status) && WTERMSIG(status) == SIGUSR1;
    printf("children killed: %d\n", killed);
    fflush(stdout);
    kill(0, SIGHUP);
    _exit(0);
  }
  fflush(stdout);
  printf("leader: %s\n", end_of(leader));
  errno = 0;
  printf("bad signal: %d", kill(getpid(), 65));
  printf(" %s\n", strerror(errno));
  printf("no process: %d", kill(999999, 0));
  printf(" %s\n", strerror(errno));
  return 0;
}
