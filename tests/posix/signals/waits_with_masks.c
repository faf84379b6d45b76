// ppoll, pselect and epoll_pwait with a signal mask: the signal that is pending comes during the
// wait, runs its handler, and the mask is the old one afterwards.
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <unistd.h>

static volatile sig_atomic_t handled;

static void handler(int number) { handled += number == SIGUSR1; }

static void report(const char* what, int result) {
  int error = errno;
  sigset_t mask;
  sigprocmask(SIG_SETMASK, NULL, &mask);
  printf("%s: %d %s, handled %d, blocked %d\n", what, result, result < 0 ? strerror(error) : "",
         handled, sigismember(&mask, SIGUSR1));
}

int main(void) {
  struct sigaction action = {.sa_handler = handler, .sa_flags = SA_RESTART};
  sigaction(SIGUSR1, &action, NULL);
  sigset_t blocked, none;
  sigemptyset(&none);
  sigemptyset(&blocked);
  sigaddset(&blocked, SIGUSR1);
  sigprocmask(SIG_BLOCK, &blocked, NULL);
  int ends[2];
  if (pipe(ends) != 0) return 1;
  struct pollfd entry = {.fd = ends[0], .events = POLLIN};
  const struct timespec second = {10, 0};
  fd_set set;
  FD_ZERO(&set);
  FD_SET(ends[0], &set);
  struct epoll_event event = {.events = EPOLLIN};
  int epoll = epoll_create1(0);
  epoll_ctl(epoll, EPOLL_CTL_ADD, ends[0], &event);

  raise(SIGUSR1);
  report("raised", 0);
  report("ppoll", ppoll(&entry, 1, &second, &none));
  raise(SIGUSR1);
  report("pselect", pselect(ends[0] + 1, &set, NULL, NULL, &second, &none));
  raise(SIGUSR1);
  report("epoll_pwait", epoll_pwait(epoll, &event, 1, 10000, &none));

  // Without a signal, and with one that stays blocked.
  if (write(ends[1], "x", 1) != 1) return 1;
  report("ready", ppoll(&entry, 1, &second, &none));
  raise(SIGUSR1);
  report("still blocked", ppoll(&entry, 1, &second, &blocked));
  report("epoll ready", epoll_pwait(epoll, &event, 1, 10000, &blocked));
  sigprocmask(SIG_SETMASK, &none, NULL);
  report("unblocked", 0);
  return 0;
}
