// Asynchronous and deferred cancellation, cancellation points, cleanup order, joining the
// cancelled.
#include "../report.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <sys/select.h>
#include <time.h>
#include <unistd.h>

static int ends[2];
static sem_t never, ready;

static void clean(void* what) { printf("clean %s\n", (const char*)what); }

static void in_read(void) { read(ends[0], (char[1]){0}, 1); }
static void in_poll(void) { poll(NULL, 0, -1); }
static void in_select(void) { select(0, NULL, NULL, NULL, NULL); }
static void in_nanosleep(void) { nanosleep(&(struct timespec){100, 0}, NULL); }
static void in_semaphore(void) { sem_wait(&never); }
static void in_pause(void) { pause(); }
static void in_usleep(void) {
  for (;;) usleep(100);
}
static void in_testcancel(void) {
  for (;;) pthread_testcancel();
}

static const struct {
  const char* name;
  void (*wait)(void);
} points[] = {{"read", in_read},           {"poll", in_poll},
              {"select", in_select},       {"nanosleep", in_nanosleep},
              {"semaphore", in_semaphore}, {"pause", in_pause},
              {"usleep", in_usleep},       {"testcancel", in_testcancel}};

static void* wait_at(void* argument) {
  int which = *(int*)argument;
  pthread_cleanup_push(clean, "outer");
  pthread_cleanup_push(clean, points[which].name);
  sem_post(&ready);
  points[which].wait();
  puts("not cancelled");
  pthread_cleanup_pop(0);
  pthread_cleanup_pop(0);
  return NULL;
}

static void* disabled(void* unused) {
  int old = -1;
  SHOW_ERROR(pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &old));
  SHOW(old == PTHREAD_CANCEL_ENABLE);
  sem_post(&ready);
  usleep(20000);
  pthread_testcancel();
  puts("still here");
  SHOW_ERROR(pthread_setcanceltype(PTHREAD_CANCEL_ASYNCHRONOUS, &old));
  SHOW(old == PTHREAD_CANCEL_DEFERRED);
  pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, NULL);
  pthread_testcancel();
  puts("not reached");
  return NULL;
}

static void* exits_itself(void* unused) {
  pthread_cleanup_push(clean, "at exit");
  pthread_exit((void*)9);
  pthread_cleanup_pop(0);
  return NULL;
}

int main(void) {
  pthread_t thread;
  void* result;
  pipe(ends);
  sem_init(&never, 0, 0);
  sem_init(&ready, 0, 0);
  for (int i = 0; i < (int)(sizeof points / sizeof points[0]); i++) {
    pthread_create(&thread, NULL, wait_at, &i);
    sem_wait(&ready);
    // Both before and while it waits.
    if (i % 2 == 0) usleep(10000);
    int error = pthread_cancel(thread);
    SHOW_ERROR(pthread_join(thread, &result));
    SHOW_ERROR(error);
    SHOW(result == PTHREAD_CANCELED);
  }
  pthread_create(&thread, NULL, disabled, NULL);
  sem_wait(&ready);
  pthread_cancel(thread);
  pthread_join(thread, &result);
  SHOW(result == PTHREAD_CANCELED);
  pthread_create(&thread, NULL, exits_itself, NULL);
  pthread_join(thread, &result);
  SHOW((long)result);
  SHOW_ERROR(pthread_setcancelstate(99, NULL));
  SHOW_ERROR(pthread_setcanceltype(99, NULL));
  pthread_create(&thread, NULL, exits_itself, NULL);
  usleep(50000);
  struct timespec until;
  clock_gettime(CLOCK_REALTIME, &until);
  SHOW_ERROR(pthread_tryjoin_np(thread, &result));
  pthread_create(&thread, NULL, wait_at, &(int){5});
  sem_wait(&ready);
  SHOW_ERROR(pthread_tryjoin_np(thread, &result));
  SHOW_ERROR(pthread_timedjoin_np(thread, &result, &until));
  pthread_cancel(thread);
  SHOW_ERROR(pthread_join(thread, &result));
  SHOW_ERROR(pthread_join(pthread_self(), NULL));
  return 0;
}
