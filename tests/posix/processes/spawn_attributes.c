// posix_spawn's attributes: signal mask, default signals, process group, session; and that ignored
// signals stay so without them.
#define _GNU_SOURCE
#include <signal.h>
#include <spawn.h>

#include "process.h"

extern char** environ;

static void on_signal(int number) { (void)number; }

static char state(int number) {
  struct sigaction action;
  sigaction(number, NULL, &action);
  return action.sa_handler == SIG_DFL ? 'D' : action.sa_handler == SIG_IGN ? 'I' : 'H';
}

static void spawn(const char* what, short flags, const sigset_t* mask, const sigset_t* defaults,
                  pid_t group) {
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setflags(&attributes, flags);
  posix_spawnattr_setsigmask(&attributes, mask);
  posix_spawnattr_setsigdefault(&attributes, defaults);
  posix_spawnattr_setpgroup(&attributes, group);
  pid_t child;
  char parent_group[20];
  snprintf(parent_group, sizeof parent_group, "%d", getpgrp());
  char* arguments[] = {"self", (char*)what, parent_group, NULL};
  const int error = posix_spawn(&child, own_path(), NULL, &attributes, arguments, environ);
  printf("  %s\n", error ? strerror(error) : end_of(child));
  posix_spawnattr_destroy(&attributes);
}

int main(int argc, char** argv) {
  setvbuf(stdout, NULL, _IONBF, 0);
  if (argc > 1) {
    sigset_t mask;
    sigprocmask(SIG_BLOCK, NULL, &mask);
    char group[20];
    snprintf(group, sizeof group, "%d", getpgrp());
    printf("%s: USR1 %c USR2 %c, blocked %d %d, group own %d parent's %d, session own %d\n",
           argv[1], state(SIGUSR1), state(SIGUSR2), sigismember(&mask, SIGHUP),
           sigismember(&mask, SIGTERM), getpgrp() == getpid(), !strcmp(group, argv[2]),
           getsid(0) == getpid());
    return 0;
  }
  signal(SIGUSR1, on_signal);
  signal(SIGUSR2, SIG_IGN);
  sigset_t blocked, other, defaults, none;
  sigemptyset(&none);
  sigemptyset(&blocked);
  sigaddset(&blocked, SIGHUP);
  sigprocmask(SIG_BLOCK, &blocked, NULL);
  sigemptyset(&other);
  sigaddset(&other, SIGTERM);
  sigemptyset(&defaults);
  sigaddset(&defaults, SIGUSR2);
  spawn("nothing", 0, &other, &defaults, 0);
  spawn("mask", POSIX_SPAWN_SETSIGMASK, &other, &defaults, 0);
  spawn("defaults", POSIX_SPAWN_SETSIGDEF, &none, &defaults, 0);
  spawn("group", POSIX_SPAWN_SETPGROUP, &none, &defaults, 0);
  spawn("all", POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK, &none,
        &defaults, 0);
  spawn("session", POSIX_SPAWN_SETSID, &none, &defaults, 0);
  spawn("no such group", POSIX_SPAWN_SETPGROUP, &none, &defaults, 999999);
  printf("here: USR1 %c USR2 %c\n", state(SIGUSR1), state(SIGUSR2));
  return 0;
}
