// RLIMIT_CPU: SIGXCPU at the soft limit, SIGKILL at the hard one, for one that computes or whose
// threads do; inherited, but counted anew; changed by another process.
#define _GNU_SOURCE
#include "../report.h"

#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static volatile sig_atomic_t signals;
static void count(int number) { signals += number == SIGXCPU; }

static double used(void) {
  struct timespec now;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return now.tv_sec + now.tv_nsec / 1e9;
}

static void* compute(void* argument) {
  for (;;) *(volatile int*)argument = 1;
}

static void limit(rlim_t soft, rlim_t hard) {
  const struct rlimit value = {soft, hard};
  SHOW(setrlimit(RLIMIT_CPU, &value));
  fflush(stdout);
}

static void show_end(pid_t child) {
  int status;
  struct rusage usage;
  wait4(child, &status, 0, &usage);
  const long seconds = usage.ru_utime.tv_sec + usage.ru_stime.tv_sec;
  printf("signal %d, not before: %d\n", WTERMSIG(status), seconds >= 0 && WIFSIGNALED(status));
}

int main(void) {
  int word;
  fflush(stdout);
  pid_t child = fork();
  if (child == 0) {
    limit(1, 9);
    compute(&word);
  }
  show_end(child);

  child = fork();
  if (child == 0) {
    signal(SIGXCPU, count);
    limit(1, 2);
    while (signals == 0) getppid();
    SHOW(used() >= 0.9);
    fflush(stdout);
    compute(&word);
  }
  show_end(child);

  child = fork();
  if (child == 0) {
    limit(1, 1);
    for (int i = 0; i < 3; ++i) {
      pthread_t thread;
      pthread_create(&thread, NULL, compute, &word);
    }
    pause();
  }
  show_end(child);

  // A child begins at nothing, and has no more than the parent.
  child = fork();
  if (child == 0) {
    limit(1, 1);
    while (used() < 0.5) getppid();
    child = fork();
    if (child == 0) {
      while (used() < 0.6) getppid();
      struct rlimit value;
      SHOW(getrlimit(RLIMIT_CPU, &value));
      SHOW(value.rlim_cur);
      fflush(stdout);
      compute(&word);
    }
    show_end(child);
    fflush(stdout);
    _exit(0);
  }
  waitpid(child, NULL, 0);

  child = fork();
  if (child == 0) compute(&word);
  const struct rlimit value = {1, 1};
  struct rlimit old;
  SHOW(prlimit(child, RLIMIT_CPU, &value, &old));
  SHOW(old.rlim_max == RLIM_INFINITY);
  SHOW(prlimit(child, RLIMIT_CPU, NULL, &old));
  SHOW(old.rlim_max);
  show_end(child);
  SHOW(prlimit(child, RLIMIT_CPU, NULL, &old));
  return 0;
}
