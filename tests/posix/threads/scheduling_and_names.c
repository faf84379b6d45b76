// Names, affinity, policies and priorities of threads.
#include "../report.h"

#include <pthread.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

static void* named(void* unused) {
  char name[32] = "";
  SHOW_ERROR(pthread_setname_np(pthread_self(), "worker"));
  SHOW_ERROR(pthread_getname_np(pthread_self(), name, sizeof name));
  puts(name);
  cpu_set_t set;
  SHOW_ERROR(pthread_getaffinity_np(pthread_self(), sizeof set, &set));
  SHOW(CPU_COUNT(&set) >= 1);
  int first = 0;
  while (!CPU_ISSET(first, &set)) first++;
  CPU_ZERO(&set);
  CPU_SET(first, &set);
  SHOW_ERROR(pthread_setaffinity_np(pthread_self(), sizeof set, &set));
  unsigned cpu = 99, node = 99;
  SHOW(getcpu(&cpu, &node));
  SHOW((int)cpu == first);
  SHOW(sched_getcpu() == first);
  return NULL;
}

int main(void) {
  char name[32] = "";
  SHOW_ERROR(pthread_setname_np(pthread_self(), "sixteen bytes!!!"));
  SHOW_ERROR(pthread_setname_np(pthread_self(), "fifteen bytes!!"));
  SHOW_ERROR(pthread_getname_np(pthread_self(), name, 5));
  SHOW_ERROR(pthread_getname_np(pthread_self(), name, sizeof name));
  puts(name);
  SHOW(prctl(PR_SET_NAME, "a name that is too long"));
  SHOW(prctl(PR_GET_NAME, name));
  puts(name);
  pthread_t thread;
  pthread_create(&thread, NULL, named, NULL);
  pthread_join(thread, NULL);
  cpu_set_t set;
  CPU_ZERO(&set);
  SHOW(sched_setaffinity(0, sizeof set, &set));
  SHOW(sched_getaffinity(0, sizeof set, &set));
  SHOW(CPU_COUNT(&set) >= 1);
  SHOW(sched_getaffinity(0, 4, &set));
  SHOW(sched_getaffinity(999999, sizeof set, &set));

  struct sched_param parameter = {0};
  SHOW(sched_getscheduler(0));
  SHOW(sched_getparam(0, &parameter));
  SHOW(parameter.sched_priority);
  SHOW(sched_setscheduler(0, SCHED_BATCH, &parameter));
  SHOW(sched_getscheduler(0));
  parameter.sched_priority = 5;
  SHOW(sched_setscheduler(0, SCHED_OTHER, &parameter));
  SHOW(sched_setscheduler(0, 99, &parameter));
  SHOW(sched_setscheduler(999999, SCHED_OTHER, &(struct sched_param){0}));
  SHOW(sched_setscheduler(0, SCHED_OTHER, &(struct sched_param){0}));
  SHOW(sched_get_priority_max(SCHED_FIFO));
  SHOW(sched_get_priority_min(SCHED_RR));
  SHOW(sched_get_priority_max(SCHED_OTHER));
  SHOW(sched_get_priority_max(99));
  int policy = -1;
  SHOW_ERROR(pthread_getschedparam(pthread_self(), &policy, &parameter));
  printf("%d %d\n", policy, parameter.sched_priority);
  SHOW(sched_yield());
  // What the tests are run with is natively inherited.
  setpriority(PRIO_PROCESS, 0, 0);
  SHOW(getpriority(PRIO_PROCESS, 0));
  SHOW(setpriority(PRIO_PROCESS, 0, 5));
  SHOW(getpriority(PRIO_PROCESS, 0));
  SHOW(nice(3));
  SHOW(setpriority(PRIO_PROCESS, 0, 100));
  SHOW(getpriority(PRIO_PROCESS, 0));
  SHOW(getpriority(77, 0));
  SHOW(getpriority(PRIO_PROCESS, 999999));
  return 0;
}
