// times, clock and getrusage: they grow with work and not with sleep.
#include "../report.h"

#include <sys/resource.h>
#include <sys/times.h>
#include <time.h>
#include <unistd.h>

static int64_t in_thread(void) {
  struct timespec time;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return time.tv_sec * 1000000000LL + time.tv_nsec;
}

int main(void) {
  struct tms spent;
  struct rusage usage;
  SHOW(times(&spent) != -1);
  printf("nothing negative: %d\n", spent.tms_utime >= 0 && spent.tms_stime >= 0);
  printf("no children: %ld %ld\n", (long)spent.tms_cutime, (long)spent.tms_cstime);
  SHOW(sysconf(_SC_CLK_TCK));
  SHOW(CLOCKS_PER_SEC);
  int64_t before = in_thread();
  volatile unsigned sum = 0;
  while (in_thread() - before < 20000000) {
    for (int i = 0; i < 10000; i++) sum += i;
  }
  printf("clock: %d\n", clock() >= 20000);
  SHOW(getrusage(RUSAGE_SELF, &usage));
  int64_t whole = (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000000LL +
                  usage.ru_utime.tv_usec + usage.ru_stime.tv_usec;
  printf("usage: %d\n", whole >= 15000);
  SHOW(getrusage(RUSAGE_THREAD, &usage));
  SHOW(usage.ru_utime.tv_usec >= 0 && usage.ru_utime.tv_usec < 1000000);
  SHOW(usage.ru_maxrss > 0);
  before = in_thread();
  usleep(50000);
  printf("sleep costs no processor time: %d\n", in_thread() - before < 40000000);
  SHOW(getrusage(RUSAGE_CHILDREN, &usage));
  printf("%ld %ld\n", (long)usage.ru_utime.tv_sec, (long)usage.ru_maxrss);
  SHOW(getrusage(99, &usage));
  SHOW(getrusage(RUSAGE_SELF, (struct rusage*)8));
  return 0;
}
