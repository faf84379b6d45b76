// Which calls a handler interrupts, and which SA_RESTART begins anew.
#include "../report.h"

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/file.h>
#include <sys/select.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static int ends[2];
static volatile sig_atomic_t alarms;

// The second alarm makes the read succeed, if it was restarted.
static void on_alarm(int number) {
  if (++alarms == 2) write(ends[1], "x", 1);
}

static void arm(int flags) {
  struct sigaction action = {.sa_handler = on_alarm, .sa_flags = flags};
  sigaction(SIGALRM, &action, NULL);
  alarms = 0;
  ualarm(100000, 100000);
}

static void disarm(void) {
  ualarm(0, 0);
  fcntl(ends[0], F_SETFL, O_NONBLOCK);
  char text[16];
  while (read(ends[0], text, sizeof text) > 0) continue;
  fcntl(ends[0], F_SETFL, 0);
}

int main(void) {
  char byte;
  pipe(ends);
  struct pollfd entry = {ends[0], POLLIN};
  struct epoll_event event = {.events = EPOLLIN};
  int set = epoll_create1(0);
  epoll_ctl(set, EPOLL_CTL_ADD, ends[0], &event);
  for (int restart = 0; restart < 2; restart++) {
    int flags = restart ? SA_RESTART : 0;
    printf("%s\n", restart ? "SA_RESTART" : "without");
    arm(flags);
    SHOW(read(ends[0], &byte, 1));
    disarm();
    arm(flags);
    SHOW(poll(&entry, 1, -1));
    disarm();
    arm(flags);
    fd_set readers;
    FD_ZERO(&readers);
    FD_SET(ends[0], &readers);
    SHOW(select(ends[0] + 1, &readers, NULL, NULL, NULL));
    disarm();
    arm(flags);
    SHOW(epoll_wait(set, &event, 1, -1));
    disarm();
    arm(flags);
    SHOW(nanosleep(&(struct timespec){10, 0}, NULL));
    disarm();
    arm(flags);
    SHOW(sigsuspend(&(sigset_t){0}));
    disarm();
    arm(flags);
    sem_t semaphore;
    sem_init(&semaphore, 0, 0);
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += restart ? 0 : 10;
    until.tv_nsec = restart ? until.tv_nsec : 0;
    SHOW(sem_timedwait(&semaphore, &until));
    disarm();
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
      usleep(600000);
      _exit(3);
    }
    arm(flags);
    SHOW(waitpid(child, NULL, 0) > 0);
    disarm();
    if (!restart) waitpid(child, NULL, 0);
  }
  // What was transferred before the signal counts.
  static char block[1 << 18];
  signal(SIGALRM, SIG_IGN);
  struct sigaction action = {.sa_handler = on_alarm};
  sigaction(SIGALRM, &action, NULL);
  alarms = 10;
  ualarm(20000, 0);
  SHOW(write(ends[1], block, sizeof block));
  return 0;
}
