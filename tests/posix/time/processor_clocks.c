// Clocks of processor time count what one thread or one process has used, and others can read them.
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/times.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { kMillisecond = 1000000, kWork = 200 * kMillisecond, kLittle = 100 * kMillisecond };

static int64_t clock_now(clockid_t clock) {
  struct timespec now;
  if (clock_gettime(clock, &now) != 0) return -1;
  return now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}

static void work(clockid_t clock) {
  const int64_t end = clock_now(clock) + kWork;
  volatile unsigned sum = 0;
  while (clock_now(clock) < end) {
    for (int i = 0; i < 10000; ++i) sum += i;
  }
}

static pthread_barrier_t barrier;

static void* worker(void* unused) {
  work(CLOCK_THREAD_CPUTIME_ID);
  struct rusage usage;
  getrusage(RUSAGE_THREAD, &usage);
  const int64_t used = (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * INT64_C(1000000) +
                       usage.ru_utime.tv_usec + usage.ru_stime.tv_usec;
  printf("usage of the thread: %d\n", used >= kLittle / 1000);
  pthread_barrier_wait(&barrier);
  pthread_barrier_wait(&barrier);
  return unused;
}

static void threads(void) {
  pthread_barrier_init(&barrier, NULL, 2);
  pthread_t thread;
  pthread_create(&thread, NULL, worker, NULL);
  pthread_barrier_wait(&barrier);
  clockid_t clock;
  printf("clock of a thread: %d", pthread_getcpuclockid(thread, &clock));
  printf(" %d\n", clock_now(clock) >= kWork);
  printf("own thread: %d\n", clock_now(CLOCK_THREAD_CPUTIME_ID) < kLittle);
  printf("process: %d\n", clock_now(CLOCK_PROCESS_CPUTIME_ID) >= kWork);
  pthread_barrier_wait(&barrier);
  pthread_join(thread, NULL);
  printf("process, later: %d\n", clock_now(CLOCK_PROCESS_CPUTIME_ID) >= kWork);
}

static void processes(void) {
  const int64_t before = clock_now(CLOCK_PROCESS_CPUTIME_ID);
  int ready[2];
  pipe(ready);
  pid_t child = fork();
  if (child == 0) {
    printf("child starts anew: %d\n", clock_now(CLOCK_PROCESS_CPUTIME_ID) < kLittle);
    fflush(stdout);
    work(CLOCK_PROCESS_CPUTIME_ID);
    write(ready[1], "", 1);
    pause();
  }
  clockid_t clock;
  printf("clock of the child: %d\n", clock_getcpuclockid(child, &clock));
  const struct timespec half = {0, kWork / 2};
  printf("sleep on it: %d", clock_nanosleep(clock, TIMER_ABSTIME, &half, NULL));
  printf(" %d\n", clock_now(clock) >= kWork / 2);
  char byte;
  read(ready[0], &byte, 1);
  printf("time of the child: %d\n", clock_now(clock) >= kWork);
  printf("own: %d\n", clock_now(CLOCK_PROCESS_CPUTIME_ID) - before < kLittle);
  kill(child, SIGKILL);
  waitpid(child, NULL, 0);
  struct tms times_now;
  times(&times_now);
  printf("times: %d\n", times_now.tms_cutime + times_now.tms_cstime >= 15);
  printf("child that is gone: %s\n", strerror(clock_getcpuclockid(child, &clock)));
}

int main(void) {
  struct timespec request = {0, 1};
  printf("sleep on the own thread's: %s\n",
         strerror(clock_nanosleep(CLOCK_THREAD_CPUTIME_ID, 0, &request, NULL)));
  fflush(stdout);
  processes();
  threads();
  return 0;
}
