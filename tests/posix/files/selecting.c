// select and pselect: sets, timeouts, errors.
#include "../report.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <unistd.h>

static volatile sig_atomic_t handled;
static void handle(int number) { handled = number; }

int main(void) {
  int ends[2];
  fd_set readers, writers, exceptions;
  pipe(ends);
  dup2(ends[0], 40);
  dup2(ends[1], 70);
  FD_ZERO(&readers);
  FD_ZERO(&writers);
  FD_SET(40, &readers);
  FD_SET(70, &writers);
  struct timeval now = {0, 0};
  SHOW(select(71, &readers, &writers, NULL, &now));
  printf("%d %d\n", FD_ISSET(40, &readers), FD_ISSET(70, &writers));
  write(70, "x", 1);
  FD_SET(40, &readers);
  SHOW(select(71, &readers, &writers, NULL, NULL));
  printf("%d %d\n", FD_ISSET(40, &readers), FD_ISSET(70, &writers));
  // Descriptors from the first argument on are not looked at.
  FD_SET(70, &writers);
  SHOW(select(70, &readers, &writers, NULL, &now));
  SHOW(select(40, &readers, NULL, NULL, &now));
  FD_SET(40, &readers);
  FD_ZERO(&exceptions);
  FD_SET(40, &exceptions);
  SHOW(select(41, &readers, NULL, &exceptions, &now));
  printf("%d %d\n", FD_ISSET(40, &readers), FD_ISSET(40, &exceptions));

  FD_SET(45, &readers);
  SHOW(select(46, &readers, NULL, NULL, &now));
  printf("sets are as before: %d %d\n", FD_ISSET(40, &readers), FD_ISSET(45, &readers));
  SHOW(select(-1, NULL, NULL, NULL, &now));
  SHOW(select(0, NULL, NULL, NULL, &now));
  struct timeval negative = {-1, 0}, large = {0, 2500000};
  SHOW(select(0, NULL, NULL, NULL, &negative));
  FD_ZERO(&readers);
  FD_SET(40, &readers);
  SHOW(select(41, &readers, NULL, NULL, &large));
  printf("what is left: %d\n", large.tv_sec == 2 && large.tv_usec > 0);
  struct timeval brief = {0, 1000};
  read(40, (char[1]){0}, 1);
  SHOW(select(41, &readers, NULL, NULL, &brief));
  printf("%ld %ld %d\n", (long)brief.tv_sec, (long)brief.tv_usec, FD_ISSET(40, &readers));
  SHOW(select(1, (fd_set*)8, NULL, NULL, &now));
  close(70);
  close(ends[1]);
  FD_SET(40, &readers);
  SHOW(select(41, &readers, NULL, NULL, NULL));

  signal(SIGUSR1, handle);
  sigset_t blocked, none;
  sigemptyset(&none);
  sigemptyset(&blocked);
  sigaddset(&blocked, SIGUSR1);
  sigprocmask(SIG_BLOCK, &blocked, NULL);
  raise(SIGUSR1);
  struct timespec second = {1, 5};
  SHOW(pselect(0, NULL, NULL, NULL, &second, &none));
  SHOW(handled == SIGUSR1);
  printf("pselect leaves the timeout alone: %ld %ld\n", (long)second.tv_sec, (long)second.tv_nsec);
  second.tv_nsec = -1;
  SHOW(pselect(0, NULL, NULL, NULL, &second, NULL));
  return 0;
}
