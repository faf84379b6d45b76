// setsid, getsid, setpgid, getpgid: who may put whom into which group, and the errors.
#include <errno.h>
#include <fcntl.h>
#include <signal.h>

#include "process.h"

static void show(const char* what, int result) {
  printf("%s: %s\n", what, result < 0 ? strerror(errno) : "ok");
}

int main(int argc, char** argv) {
  setvbuf(stdout, NULL, _IONBF, 0);
  if (argc > 1) pause();
  pid_t child = fork();
  if (child == 0) {
    show("setsid", setsid());
    printf("own session %d, own group %d\n", getsid(0) == getpid(), getpgrp() == getpid());
    show("setsid again", setsid());
    show("setpgid of a leader", setpgid(0, 0));
    const pid_t grandchild = fork();
    if (grandchild == 0) {
      printf("inherits %d %d\n", getsid(0) == getppid(), getpgrp() == getppid());
      show("own group", setpgid(0, 0));
      printf("leads %d in the session %d\n", getpgrp() == getpid(), getsid(0) == getppid());
      show("setsid of a group's leader", setsid());
      show("back", setpgid(0, getppid()));
      show("setsid of a member", setsid());
      show("the parent's group is elsewhere", setpgid(0, getppid()));
      _exit(0);
    }
    end_of(grandchild);
    _exit(0);
  }
  end_of(child);
  child = fork();
  if (child == 0) pause();
  show("a child", setpgid(child, child));
  show("a second", setpgid(child, 0));
  show("no such group", setpgid(child, 999999));
  show("negative", setpgid(child, -1));
  show("no such process", setpgid(999999, 0));
  show("the parent", setpgid(getppid(), 0));
  show("getpgid of none", getpgid(999999));
  show("getsid of none", getsid(999999));
  printf("getpgid %d, getsid %d\n", getpgid(child) == child, getsid(child) == getsid(0));
  kill(child, SIGKILL);
  end_of(child);
  show("getpgid of one that has gone", getpgid(child));

  // Not once it has begun another program.
  int ready[2];
  char c;
  pipe(ready);
  fcntl(ready[1], F_SETFD, FD_CLOEXEC);
  child = fork();
  if (child == 0) {
    execl(own_path(), argv[0], "child", (char*)NULL);
    _exit(1);
  }
  close(ready[1]);
  read(ready[0], &c, 1);  // the end: it has begun the program
  show("after exec", setpgid(child, child));
  kill(child, SIGKILL);
  end_of(child);
  return 0;
}
