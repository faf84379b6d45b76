// wait, waitpid and waitid: what they wait for, what they say, and SIGCHLD.
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static int gate[2];
static pid_t start(int code) {
  pid_t child = fork();
  if (child != 0) return child;
  char c;
  close(gate[1]);
  read(gate[0], &c, 1);  // until the parent closes it
  if (code < 0) kill(getpid(), -code);
  _exit(code);
}

static volatile sig_atomic_t children, other;
static void on_child(int number, siginfo_t* info, void* context) {
  (void)number;
  (void)context;
  ++children;
  if (info->si_code != CLD_EXITED && info->si_code != CLD_KILLED) abort();
}
static void on_other(int number) {
  (void)number;
  ++other;
}

static void show(const char* what, pid_t got, pid_t expected, int status) {
  printf("%s: %s", what,
         got == expected ? "the child"
         : got == -1     ? strerror(errno)
         : got == 0      ? "none"
                         : "another");
  if (got > 0 && WIFEXITED(status)) printf(", exit %d", WEXITSTATUS(status));
  if (got > 0 && WIFSIGNALED(status)) printf(", signal %d", WTERMSIG(status));
  puts("");
}

int main(void) {
  setvbuf(stdout, NULL, _IONBF, 0);
  int status = 0;
  show("no children", wait(&status), 0, status);
  pipe(gate);
  pid_t one = start(1), two = start(200), killed = start(-SIGTERM);
  show("nobody has ended", waitpid(-1, &status, WNOHANG), 0, status);
  show("no such child", waitpid(1 << 20, &status, 0), 0, status);
  show("wrong option", waitpid(-1, &status, 0x4000), 0, status);
  close(gate[1]);
  show("two", waitpid(two, &status, 0), two, status);
  show("two again", waitpid(two, &status, 0), two, status);
  siginfo_t info;
  memset(&info, 0, sizeof info);
  printf("waitid: %d", waitid(P_PID, killed, &info, WEXITED | WNOWAIT));
  printf(" pid %d signo %d code %d status %d\n", info.si_pid == killed, info.si_signo, info.si_code,
         info.si_status);
  show("killed", waitpid(killed, &status, 0), killed, status);
  memset(&info, 0, sizeof info);
  printf("waitid: %d", waitid(P_ALL, 0, &info, WEXITED));
  printf(" pid %d signo %d code %d status %d\n", info.si_pid == one, info.si_signo, info.si_code,
         info.si_status);
  printf("waitid: %d", waitid(P_ALL, 0, &info, WEXITED | WNOHANG));
  printf(" %s\n", strerror(errno));
  close(gate[0]);

  // Process groups.
  pipe(gate);
  pid_t leader = start(3), member = start(4), stranger = start(5);
  printf("setpgid %d %d\n", setpgid(leader, leader), setpgid(member, leader));
  printf("groups %d %d %d\n", getpgid(leader) == leader, getpgid(member) == leader,
         getpgid(stranger) == getpgrp());
  close(gate[1]);
  int sum = 0, count = 0;
  while (waitpid(-leader, &status, 0) > 0) sum += WEXITSTATUS(status), ++count;
  printf("%d of the group, sum %d, then %s\n", count, sum, strerror(errno));
  show("the stranger", waitpid(0, &status, 0), stranger, status);
  close(gate[0]);

  // SIGCHLD, and a wait that a handler interrupts.
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_sigaction = on_child;
  action.sa_flags = SA_SIGINFO | SA_RESTART;
  sigaction(SIGCHLD, &action, NULL);
  for (int i = 0; i < 5; ++i) {
    pid_t child = fork();
    if (child == 0) _exit(i);
    show("with a handler", waitpid(child, &status, 0), child, status);
  }
  printf("SIGCHLD came %d times\n", children);
  memset(&action, 0, sizeof action);
  action.sa_handler = on_other;
  sigaction(SIGUSR1, &action, NULL);
  pid_t parent = getpid();
  pid_t sender = fork();
  if (sender == 0) {
    usleep(50000);
    kill(parent, SIGUSR1);
    usleep(50000);
    _exit(6);
  }
  show("interrupted", waitpid(sender, &status, 0), sender, status);
  printf("handled %d\n", other);
  show("then", waitpid(sender, &status, 0), sender, status);

  signal(SIGCHLD, SIG_IGN);
  for (int i = 0; i < 3; ++i) {
    if (fork() == 0) _exit(i);
  }
  show("ignored children", wait(&status), 0, status);
  signal(SIGCHLD, SIG_DFL);

  // What a child has used is its parent's once it was waited for.
  struct rusage usage;
  getrusage(RUSAGE_CHILDREN, &usage);
  long before = usage.ru_utime.tv_sec * 1000000 + usage.ru_utime.tv_usec;
  pid_t busy = fork();
  if (busy == 0) {
    volatile double x = 1;
    for (int i = 0; i < 30000000; ++i) x = x * 1.0000001;
    _exit(0);
  }
  wait4(busy, &status, 0, &usage);
  long used = usage.ru_utime.tv_sec * 1000000 + usage.ru_utime.tv_usec;
  getrusage(RUSAGE_CHILDREN, &usage);
  long after = usage.ru_utime.tv_sec * 1000000 + usage.ru_utime.tv_usec;
  printf("time of a child: %d, of all: %d\n", used > 5000, after - before >= used);
  return 0;
}
