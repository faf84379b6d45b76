// setitimer, getitimer and alarm: what they return, what they refuse, how they replace one another.
#include "../report.h"

#include <signal.h>
#include <sys/time.h>
#include <unistd.h>

static volatile sig_atomic_t alarms;
static void count(int number) { alarms += number == SIGALRM; }

int main(void) {
  struct itimerval value = {{0, 0}, {100, 500000}}, old = {{9, 9}, {9, 9}};
  signal(SIGALRM, count);
  SHOW(getitimer(ITIMER_REAL, &old));
  printf("%ld %ld %ld %ld\n", (long)old.it_value.tv_sec, (long)old.it_value.tv_usec,
         (long)old.it_interval.tv_sec, (long)old.it_interval.tv_usec);
  SHOW(setitimer(ITIMER_REAL, &value, NULL));
  // Both set the same timer; alarm rounds what is left.
  SHOW(alarm(50) >= 99);
  SHOW(getitimer(ITIMER_REAL, &old));
  printf("%d\n", old.it_value.tv_sec >= 48 && old.it_value.tv_sec <= 50);
  SHOW(alarm(0) >= 48);
  SHOW(alarm(0));
  value.it_value.tv_usec = 1000000;
  SHOW(setitimer(ITIMER_REAL, &value, NULL));
  value.it_value = (struct timeval){-1, 0};
  SHOW(setitimer(ITIMER_REAL, &value, NULL));
  value.it_value = (struct timeval){0, 0};
  SHOW(setitimer(99, &value, NULL));
  SHOW(getitimer(99, &old));
  SHOW(setitimer(ITIMER_REAL, (struct itimerval*)8, NULL));
  SHOW(getitimer(ITIMER_REAL, (struct itimerval*)8));
  // An interval alone arms nothing.
  value.it_interval = (struct timeval){0, 1000};
  SHOW(setitimer(ITIMER_REAL, &value, NULL));
  usleep(10000);
  SHOW(alarms);
  value.it_value = (struct timeval){0, 1};
  SHOW(setitimer(ITIMER_REAL, &value, NULL));
  while (alarms < 3) pause();
  SHOW(setitimer(ITIMER_REAL, NULL, &old));
  SHOW(setitimer(ITIMER_REAL, &(struct itimerval){0}, NULL));
  puts("three alarms");
  // What expired while the signal was blocked is one signal.
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGALRM);
  sigprocmask(SIG_BLOCK, &set, NULL);
  SHOW(setitimer(ITIMER_REAL, &value, NULL));
  usleep(20000);
  SHOW(setitimer(ITIMER_REAL, &(struct itimerval){0}, NULL));
  alarms = 0;
  sigprocmask(SIG_UNBLOCK, &set, NULL);
  SHOW(alarms);
  return 0;
}
