// clock_gettime and its relatives: which clocks there are, resolutions, and what is refused.
#include "../report.h"

#include <sys/time.h>
#include <sys/timex.h>
#include <time.h>
#include <unistd.h>

static int64_t nanoseconds(const struct timespec* time) {
  return time->tv_sec * 1000000000LL + time->tv_nsec;
}

int main(void) {
  static const struct {
    clockid_t id;
    const char* name;
  } clocks[] = {{CLOCK_REALTIME, "realtime"},
                {CLOCK_MONOTONIC, "monotonic"},
                {CLOCK_PROCESS_CPUTIME_ID, "process"},
                {CLOCK_THREAD_CPUTIME_ID, "thread"},
                {CLOCK_MONOTONIC_RAW, "raw"},
                {CLOCK_REALTIME_COARSE, "coarse realtime"},
                {CLOCK_MONOTONIC_COARSE, "coarse monotonic"},
                {CLOCK_BOOTTIME, "boottime"},
                {CLOCK_TAI, "tai"},
                {10, "10"},
                {99, "99"}};
  for (unsigned i = 0; i < sizeof clocks / sizeof clocks[0]; i++) {
    struct timespec first, second, resolution;
    puts(clocks[i].name);
    if (SHOW(clock_gettime(clocks[i].id, &first)) != 0) continue;
    clock_gettime(clocks[i].id, &second);
    printf("goes forward: %d\n", nanoseconds(&second) >= nanoseconds(&first));
    printf("in range: %d\n", first.tv_nsec >= 0 && first.tv_nsec < 1000000000);
    SHOW(clock_getres(clocks[i].id, &resolution));
    printf("resolution: %lld\n", (long long)nanoseconds(&resolution));
  }
  struct timespec now, other;
  struct timeval day;
  clock_gettime(CLOCK_REALTIME, &now);
  gettimeofday(&day, NULL);
  printf("agree: %d %d\n", day.tv_sec - now.tv_sec <= 1, time(NULL) - now.tv_sec <= 1);
  time_t stored = 0;
  SHOW(time(&stored) == stored);
  SHOW(timespec_get(&other, TIME_UTC));
  SHOW(timespec_get(&other, 77));
  SHOW(other.tv_sec - now.tv_sec <= 1);
  SHOW(clock_getres(CLOCK_REALTIME, NULL));
  SHOW(clock_getres(99, NULL));
  SHOW(clock_settime(CLOCK_MONOTONIC, &now));
  SHOW(clock_settime(99, &now));
  now.tv_nsec = 1000000000;
  SHOW(clock_settime(CLOCK_REALTIME, &now));
  clockid_t own;
  SHOW_ERROR(clock_getcpuclockid(0, &own));
  SHOW(clock_gettime(own, &now));
  SHOW(clock() >= 0);
  struct timex state = {.modes = 0};
  SHOW(adjtimex(&state) >= 0);
  SHOW(state.tick);
  return 0;
}
