// Clocks go forward, and sleep takes its time.
#include <stdio.h>
#include <time.h>
#include <unistd.h>

static double now(clockid_t clock) {
  struct timespec time;
  if (clock_gettime(clock, &time) != 0) return -1;
  return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

int main(void) {
  double start = now(CLOCK_MONOTONIC), last = start;
  for (int i = 0; i < 1000; i++) {
    double time = now(CLOCK_MONOTONIC);
    if (time < last) return 1;
    last = time;
  }
  nanosleep(&(struct timespec){0, 20000000}, NULL);
  double slept = now(CLOCK_MONOTONIC) - last;
  printf("%d %d\n", slept >= 0.02, slept < 5);
  printf("%d\n", time(NULL) > 1700000000);
  struct timespec resolution;
  printf("%d %d\n", clock_getres(CLOCK_REALTIME, &resolution), resolution.tv_nsec < 100000000);
  time_t moment = 1000000000;
  struct tm parts;
  char text[64];
  gmtime_r(&moment, &parts);
  strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S %a %j", &parts);
  puts(text);
}
