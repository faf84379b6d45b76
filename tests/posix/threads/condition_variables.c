// Condition variables: clocks, timeouts, signalling one or all, cancellation while waiting.
#include "../report.h"

#include <pthread.h>
#include <time.h>
#include <unistd.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static int waiting, tickets, taken;

static void* take_ticket(void* unused) {
  pthread_mutex_lock(&mutex);
  waiting++;
  while (tickets == 0) pthread_cond_wait(&changed, &mutex);
  tickets--;
  taken++;
  pthread_mutex_unlock(&mutex);
  return NULL;
}

static void unlock(void* held) {
  // A cancelled waiter holds the mutex again.
  *(int*)held = pthread_mutex_trylock(&mutex) == EBUSY;
  pthread_mutex_unlock(&mutex);
}

static void* wait_for_ever(void* held) {
  pthread_mutex_lock(&mutex);
  waiting++;
  pthread_cleanup_push(unlock, held);
  for (;;) pthread_cond_wait(&changed, &mutex);
  pthread_cleanup_pop(0);
  return NULL;
}

static void await(int* variable, int wanted) {
  for (;;) {
    pthread_mutex_lock(&mutex);
    int reached = *variable >= wanted;
    pthread_mutex_unlock(&mutex);
    if (reached) return;
    usleep(1000);
  }
}

int main(void) {
  pthread_t threads[4];
  for (int i = 0; i < 4; i++) pthread_create(&threads[i], NULL, take_ticket, NULL);
  await(&waiting, 4);
  pthread_mutex_lock(&mutex);
  tickets = 1;
  SHOW_ERROR(pthread_cond_signal(&changed));
  pthread_mutex_unlock(&mutex);
  await(&taken, 1);
  SHOW(taken);
  pthread_mutex_lock(&mutex);
  tickets = 3;
  SHOW_ERROR(pthread_cond_broadcast(&changed));
  pthread_mutex_unlock(&mutex);
  for (int i = 0; i < 4; i++) pthread_join(threads[i], NULL);
  SHOW(taken);
  SHOW_ERROR(pthread_cond_signal(&changed));
  SHOW_ERROR(pthread_cond_broadcast(&changed));

  int held = -1;
  waiting = 0;
  pthread_create(&threads[0], NULL, wait_for_ever, &held);
  await(&waiting, 1);
  pthread_cancel(threads[0]);
  pthread_join(threads[0], NULL);
  SHOW(held);

  struct timespec until;
  pthread_mutex_lock(&mutex);
  clock_gettime(CLOCK_REALTIME, &until);
  SHOW_ERROR(pthread_cond_timedwait(&changed, &mutex, &until));
  until.tv_nsec = 1000000000;
  SHOW_ERROR(pthread_cond_timedwait(&changed, &mutex, &until));
  pthread_condattr_t attributes;
  pthread_condattr_init(&attributes);
  clockid_t clock = 99;
  SHOW_ERROR(pthread_condattr_getclock(&attributes, &clock));
  SHOW(clock);
  SHOW_ERROR(pthread_condattr_setclock(&attributes, CLOCK_PROCESS_CPUTIME_ID));
  SHOW_ERROR(pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC));
  pthread_cond_t monotonic;
  SHOW_ERROR(pthread_cond_init(&monotonic, &attributes));
  struct timespec before, after;
  clock_gettime(CLOCK_MONOTONIC, &before);
  until = before;
  until.tv_nsec += 20000000;
  if (until.tv_nsec >= 1000000000) {
    until.tv_nsec -= 1000000000;
    until.tv_sec++;
  }
  SHOW_ERROR(pthread_cond_timedwait(&monotonic, &mutex, &until));
  clock_gettime(CLOCK_MONOTONIC, &after);
  printf("waited: %d\n",
         (after.tv_sec - before.tv_sec) * 1000 + (after.tv_nsec - before.tv_nsec) / 1000000 >= 19);
  SHOW_ERROR(pthread_cond_clockwait(&changed, &mutex, CLOCK_MONOTONIC, &until));
  SHOW_ERROR(pthread_cond_clockwait(&changed, &mutex, CLOCK_THREAD_CPUTIME_ID, &until));
  SHOW_ERROR(pthread_mutex_unlock(&mutex));
  SHOW_ERROR(pthread_cond_destroy(&monotonic));
  return 0;
}
