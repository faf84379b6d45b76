// nanosleep, clock_nanosleep and usleep: how long, interruption, what is left, what is refused.
#include "../report.h"

#include <signal.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static void nothing(int number) { (void)number; }

static int64_t now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1000000000LL + time.tv_nsec;
}

static void alarm_after(int microseconds) {
  struct itimerval value = {{0, 0}, {0, microseconds}};
  setitimer(ITIMER_REAL, &value, NULL);
}

int main(void) {
  struct timespec brief = {0, 5000000}, left = {77, 77};
  int64_t start = now();
  SHOW(nanosleep(&brief, &left));
  printf("long enough: %d, untouched: %d\n", now() - start >= 5000000, left.tv_sec == 77);
  struct timespec wrong = {0, 1000000000}, negative = {-1, 0}, none = {0, 0};
  SHOW(nanosleep(&wrong, NULL));
  SHOW(nanosleep(&negative, NULL));
  SHOW(nanosleep(&none, NULL));
  SHOW(nanosleep((struct timespec*)8, NULL));
  SHOW_ERROR(clock_nanosleep(99, 0, &brief, NULL));
  SHOW_ERROR(clock_nanosleep(CLOCK_THREAD_CPUTIME_ID, 0, &brief, NULL));
  SHOW_ERROR(clock_nanosleep(CLOCK_MONOTONIC, 0, &wrong, NULL));

  struct sigaction action = {.sa_handler = nothing, .sa_flags = SA_RESTART};
  sigaction(SIGALRM, &action, NULL);
  struct timespec long_time = {30, 0};
  alarm_after(10000);
  SHOW(nanosleep(&long_time, &left));
  printf("left: %d\n", left.tv_sec >= 25 && left.tv_sec < 30);
  alarm_after(10000);
  SHOW_ERROR(clock_nanosleep(CLOCK_REALTIME, 0, &long_time, &left));
  printf("left: %d\n", left.tv_sec >= 25 && left.tv_sec < 30);
  struct timespec until;
  clock_gettime(CLOCK_MONOTONIC, &until);
  until.tv_sec += 30;
  left.tv_sec = 55;
  alarm_after(10000);
  SHOW_ERROR(clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, &left));
  printf("nothing said of absolute times: %d\n", left.tv_sec == 55);
  until.tv_sec -= 60;
  SHOW_ERROR(clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL));
  alarm_after(10000);
  SHOW(usleep(20000000));
  alarm_after(10000);
  printf("sleep: %d\n", sleep(30) >= 25);
  SHOW(usleep(1000));
  // An ignored signal interrupts nothing.
  signal(SIGALRM, SIG_IGN);
  alarm_after(1000);
  brief.tv_nsec = 20000000;
  start = now();
  SHOW(nanosleep(&brief, NULL));
  printf("long enough: %d\n", now() - start >= 20000000);
  return 0;
}
