// ITIMER_VIRTUAL and ITIMER_PROF count processor time: they stand still while the process sleeps.
#include "../report.h"

#include <signal.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static volatile sig_atomic_t virtual_alarms, profiling_alarms;
static void count(int number) {
  virtual_alarms += number == SIGVTALRM;
  profiling_alarms += number == SIGPROF;
}

static long used_milliseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int main(void) {
  struct itimerval value = {{0, 0}, {0, 20000}}, old = {{9, 9}, {9, 9}};
  signal(SIGVTALRM, count);
  signal(SIGPROF, count);
  SHOW(getitimer(ITIMER_VIRTUAL, &old));
  SHOW(old.it_value.tv_sec == 0 && old.it_value.tv_usec == 0 && old.it_interval.tv_usec == 0);
  SHOW(setitimer(ITIMER_VIRTUAL, &value, NULL));
  usleep(100000);
  SHOW(virtual_alarms);
  SHOW(getitimer(ITIMER_VIRTUAL, &old));
  SHOW(old.it_value.tv_usec > 0 && old.it_value.tv_usec <= 40000);
  while (virtual_alarms == 0) getppid();
  SHOW(used_milliseconds() >= 20);
  SHOW(getitimer(ITIMER_VIRTUAL, &old));
  SHOW(old.it_value.tv_usec);

  value = (struct itimerval){{0, 10000}, {0, 10000}};
  SHOW(setitimer(ITIMER_PROF, &value, NULL));
  const long before = used_milliseconds();
  while (profiling_alarms < 3) getppid();
  SHOW(used_milliseconds() - before >= 25);
  SHOW(getitimer(ITIMER_PROF, &old));
  SHOW(old.it_interval.tv_usec);
  const pid_t child = fork();
  if (child == 0) {
    SHOW(getitimer(ITIMER_PROF, &old));
    SHOW(old.it_interval.tv_usec);  // not inherited
    fflush(stdout);
    _exit(0);
  }
  waitpid(child, NULL, 0);
  value = (struct itimerval){{0, 0}, {0, 0}};
  SHOW(setitimer(ITIMER_PROF, &value, &old));
  SHOW(old.it_value.tv_usec > 0);
  const int alarms = profiling_alarms;
  const long end = used_milliseconds() + 50;
  while (used_milliseconds() < end) continue;
  SHOW(profiling_alarms == alarms);
  SHOW(virtual_alarms);
  value.it_value.tv_usec = 1000000;
  SHOW(setitimer(ITIMER_PROF, &value, NULL));
  return 0;
}
