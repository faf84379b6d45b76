// Processors that threads may run on: set by themselves and by others, inherited by threads and
// processes.
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static cpu_set_t all, one;
static pthread_barrier_t barrier;

static const char* describe(const cpu_set_t* set) {
  if (CPU_EQUAL(set, &one)) return "one";
  return CPU_EQUAL(set, &all) ? "all" : "other";
}

static const char* own(void) {
  cpu_set_t set;
  CPU_ZERO(&set);
  if (sched_getaffinity(0, sizeof set, &set) != 0) return strerror(errno);
  return describe(&set);
}

static void* inherit(void* unused) {
  printf("thread of the other: %s\n", own());
  return unused;
}

static void* other(void* unused) {
  pthread_attr_t attributes;
  printf("attributes: %d\n", pthread_getattr_np(pthread_self(), &attributes));
  printf("policy: %d\n", sched_getscheduler(gettid()));
  printf("other: %s\n", own());
  pthread_barrier_wait(&barrier);
  pthread_barrier_wait(&barrier);
  printf("other, set by main: %s, runs there: %d\n", own(), CPU_ISSET(sched_getcpu(), &one));
  pthread_t thread;
  pthread_create(&thread, NULL, inherit, NULL);
  pthread_join(thread, NULL);
  return unused;
}

static void in_child(const char* what) {
  fflush(stdout);
  pid_t child = fork();
  if (child == 0) {
    printf("%s: %s\n", what, own());
    fflush(stdout);
    _exit(0);
  }
  waitpid(child, NULL, 0);
}

static void in_other_process(void) {
  int ends[2];
  pipe(ends);
  fflush(stdout);
  pid_t child = fork();
  if (child == 0) {
    char byte;
    close(ends[1]);
    read(ends[0], &byte, 1);
    printf("set by the parent: %s\n", own());
    fflush(stdout);
    _exit(0);
  }
  cpu_set_t seen;
  CPU_ZERO(&seen);
  printf("set the child's: %d", sched_setaffinity(child, sizeof one, &one));
  printf(", get %d", sched_getaffinity(child, sizeof seen, &seen));
  printf(" %s\n", describe(&seen));
  fflush(stdout);
  close(ends[1]);
  waitpid(child, NULL, 0);
}

int main(void) {
  sched_getaffinity(0, sizeof all, &all);
  int processor = 0;
  while (!CPU_ISSET(processor, &all)) ++processor;
  CPU_SET(processor, &one);
  pthread_barrier_init(&barrier, NULL, 2);

  pthread_t thread;
  pthread_create(&thread, NULL, other, NULL);
  pthread_barrier_wait(&barrier);
  printf("set: %d\n", pthread_setaffinity_np(thread, sizeof one, &one));
  cpu_set_t seen;
  printf("get: %d", pthread_getaffinity_np(thread, sizeof seen, &seen));
  printf(" %s\n", describe(&seen));
  printf("main: %s\n", own());
  pthread_barrier_wait(&barrier);
  pthread_join(thread, NULL);

  in_child("child");
  in_other_process();
  printf("set own: %d\n", sched_setaffinity(getpid(), sizeof one, &one));
  in_child("child of the pinned");
  printf("set all: %d, %s\n", sched_setaffinity(0, sizeof all, &all), own());

  cpu_set_t none;
  CPU_ZERO(&none);
  printf("none: %d %d\n", sched_setaffinity(0, sizeof none, &none), errno == EINVAL);
  printf("nobody: %d %d\n", sched_setaffinity(0x3ffffff, sizeof one, &one), errno == ESRCH);
  printf("too short: %d %d\n", sched_getaffinity(0, 1, &seen), errno == EINVAL);
  return 0;
}
