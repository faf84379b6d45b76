// User and group ids, sessions and groups of processes: what root is told, and what is refused.
#include "../report.h"

#include <fcntl.h>
#include <grp.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
  uid_t real, effective, saved;
  gid_t groups[64];
  SHOW(getuid());
  SHOW(geteuid());
  SHOW(getgid());
  SHOW(getegid());
  SHOW(getresuid(&real, &effective, &saved));
  printf("%u %u %u\n", real, effective, saved);
  SHOW(getresgid(&real, &effective, &saved));
  printf("%u %u %u\n", real, effective, saved);
  SHOW(getresuid((uid_t*)8, &effective, &saved));
  SHOW(setuid(0));
  SHOW(setgid(0));
  SHOW(setreuid(-1, 0));
  SHOW(setresuid(-1, -1, -1));
  SHOW(seteuid(0));
  SHOW(getgroups(-1, groups));
  SHOW(getgroups(0, NULL) >= 0);
  SHOW(getgroups(64, groups) >= 0);

  SHOW(getpid() > 0);
  SHOW(getpgrp() == getpgid(0));
  SHOW(getpgid(999999));
  SHOW(getsid(999999));
  SHOW(getpgid(-1));
  SHOW(setpgid(-1, 0));
  SHOW(setpgid(0, -1));
  SHOW(setpgid(999999, 0));
  fflush(stdout);
  pid_t child = fork();
  if (child == 0) {
    SHOW(setpgid(0, 0));
    SHOW(getpgrp() == getpid());
    SHOW(setsid());
    fflush(stdout);
    pid_t grandchild = fork();
    if (grandchild == 0) {
      SHOW(getpgrp() == getppid());
      SHOW(setsid() == getpid());
      SHOW(getsid(0) == getpid());
      SHOW(getpgrp() == getpid());
      SHOW(setpgid(0, 0));
      SHOW(setsid());
      fflush(stdout);
      _exit(0);
    }
    waitpid(grandchild, NULL, 0);
    SHOW(setpgid(0, getppid()) == 0 || errno == EPERM);
    fflush(stdout);
    _exit(0);
  }
  waitpid(child, NULL, 0);
  SHOW(getppid() > 0);
  SHOW(getlogin_r((char[64]){0}, 1) != 0);
  return 0;
}
