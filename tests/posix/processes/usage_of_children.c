// times and getrusage: what children used counts once they were waited for, grandchildren's too,
// and nothing of those whose ends were not asked for.
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/times.h>

#include "process.h"

static void compute(void) {
  struct rusage usage;
  volatile unsigned x = 0;
  do {
    for (int i = 0; i < 1000000; ++i) x += (unsigned)i;
    getrusage(RUSAGE_SELF, &usage);
  } while (usage.ru_utime.tv_sec == 0 && usage.ru_utime.tv_usec < 60000);
}

static long of_children(void) {
  struct rusage usage;
  getrusage(RUSAGE_CHILDREN, &usage);
  return usage.ru_utime.tv_sec * 1000 + usage.ru_utime.tv_usec / 1000;
}

int main(void) {
  struct tms at_first, later;
  times(&at_first);
  printf("at first: %ld, %ld\n", of_children(), (long)(at_first.tms_cutime + at_first.tms_cstime));
  pid_t child = fork();
  if (child == 0) {
    compute();
    _exit(0);
  }
  siginfo_t info;
  waitid(P_PID, child, &info, WEXITED | WNOWAIT);
  printf("not waited for: %ld\n", of_children());
  end_of(child);
  const long one = of_children();
  times(&later);
  printf("waited for: %d %d\n", one >= 50, later.tms_cutime >= 5);
  child = fork();
  if (child == 0) {
    const long inherited = of_children();
    if (fork() == 0) {
      compute();
      _exit(0);
    }
    wait(NULL);
    _exit(inherited == 0 && of_children() >= 50 ? 1 : 2);
  }
  printf("a child's own: %s\n", end_of(child));
  printf("grandchildren's: %d\n", of_children() - one >= 50);
  const long before = of_children();
  signal(SIGCHLD, SIG_IGN);
  child = fork();
  if (child == 0) {
    compute();
    _exit(0);
  }
  wait(NULL);
  printf("forgotten ones: %d\n", of_children() - before < 30);
  return 0;
}
