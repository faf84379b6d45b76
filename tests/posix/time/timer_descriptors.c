// timerfd: expirations, intervals, absolute times, and what it refuses.
#include "../report.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

int main(void) {
  uint64_t count = 0;
  struct itimerspec value = {{0, 0}, {0, 1000000}}, old;
  int fd = SHOW_OPEN(timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC));
  SHOW(read(fd, &count, 8));
  SHOW(timerfd_gettime(fd, &old));
  printf("disarmed: %ld %ld\n", (long)old.it_value.tv_sec, (long)old.it_value.tv_nsec);
  SHOW(timerfd_settime(fd, 0, &value, NULL));
  struct pollfd entry = {fd, POLLIN};
  SHOW(poll(&entry, 1, 5000));
  SHOW(read(fd, &count, 4));
  SHOW(read(fd, &count, 8));
  SHOW(count);
  SHOW(read(fd, &count, 8));

  value.it_interval.tv_nsec = 1000000;
  SHOW(timerfd_settime(fd, 0, &value, NULL));
  struct timespec pause = {0, 20000000};
  nanosleep(&pause, NULL);
  SHOW(read(fd, &count, 8));
  printf("several: %d\n", count >= 5);
  value = (struct itimerspec){{0, 0}, {100, 5}};
  SHOW(timerfd_settime(fd, 0, &value, &old));
  printf("old interval: %ld\n", (long)old.it_interval.tv_nsec);
  SHOW(read(fd, &count, 8));
  SHOW(timerfd_gettime(fd, &old));
  printf("left: %d\n", old.it_value.tv_sec >= 90);

  // A time that has passed expires at once.
  struct itimerspec past = {{0, 0}, {1, 0}};
  SHOW(timerfd_settime(fd, TFD_TIMER_ABSTIME, &past, NULL));
  SHOW(poll(&entry, 1, 1000));
  SHOW(read(fd, &count, 8));
  SHOW(count);
  past = (struct itimerspec){{0, 0}, {0, 0}};
  SHOW(timerfd_settime(fd, 0, &past, NULL));
  SHOW(poll(&entry, 1, 0));

  value.it_value.tv_nsec = 1000000000;
  SHOW(timerfd_settime(fd, 0, &value, NULL));
  value.it_value = (struct timespec){-1, 0};
  SHOW(timerfd_settime(fd, 0, &value, NULL));
  value.it_value = (struct timespec){1, 0};
  SHOW(timerfd_settime(fd, 0x100, &value, NULL));
  SHOW(timerfd_settime(open("/dev/null", O_RDONLY), 0, &value, NULL));
  SHOW(timerfd_settime(-1, 0, &value, NULL));
  SHOW(timerfd_settime(fd, 0, (struct itimerspec*)8, NULL));
  SHOW(write(fd, &count, 8));
  SHOW(timerfd_create(99, 0));
  SHOW(timerfd_create(CLOCK_PROCESS_CPUTIME_ID, 0));
  SHOW(timerfd_create(CLOCK_REALTIME, 0x100));
  return 0;
}
