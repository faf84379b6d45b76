/* Mutexes of all kinds, condition variables, read-write locks, barriers, semaphores, spin locks. */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { kThreads = 8, kRounds = 2000 };

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
static pthread_rwlock_t lock = PTHREAD_RWLOCK_INITIALIZER;
static pthread_barrier_t barrier;
static pthread_spinlock_t spin;
static sem_t semaphore;
static long counter, guarded, spun, turns;

static void* work(void* argument) {
  const long number = (long)argument;
  for (int i = 0; i < kRounds; ++i) {
    pthread_mutex_lock(&mutex);
    ++counter;
    pthread_mutex_unlock(&mutex);
    if (i % 10 == 0) {
      pthread_rwlock_wrlock(&lock);
      ++guarded;
      pthread_rwlock_unlock(&lock);
    } else {
      pthread_rwlock_rdlock(&lock);
      if (guarded < 0) puts("impossible");
      pthread_rwlock_unlock(&lock);
    }
    pthread_spin_lock(&spin);
    ++spun;
    pthread_spin_unlock(&spin);
  }
  pthread_barrier_wait(&barrier);
  for (int i = 0; i < 50; ++i) {
    pthread_mutex_lock(&mutex);
    while (turns % kThreads != number) pthread_cond_wait(&condition, &mutex);
    ++turns;
    pthread_cond_broadcast(&condition);
    pthread_mutex_unlock(&mutex);
  }
  sem_post(&semaphore);
  return NULL;
}

static pthread_mutex_t make(int type, int protocol, int robust) {
  pthread_mutexattr_t attributes;
  pthread_mutex_t result;
  pthread_mutexattr_init(&attributes);
  pthread_mutexattr_settype(&attributes, type);
  pthread_mutexattr_setprotocol(&attributes, protocol);
  if (robust) pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST);
  int error = pthread_mutex_init(&result, &attributes);
  if (error) printf("mutex_init: %s\n", strerror(error));
  return result;
}

static void* die_with(void* argument) {
  pthread_mutex_lock(argument);
  return NULL;
}

static void* lock_for_a_while(void* argument) {
  pthread_mutex_lock(argument);
  pthread_barrier_wait(&barrier);
  usleep(20000);
  pthread_mutex_unlock(argument);
  return NULL;
}

static struct timespec in_ms(clockid_t clock, long ms) {
  struct timespec time;
  clock_gettime(clock, &time);
  time.tv_nsec += ms * 1000000;
  while (time.tv_nsec >= 1000000000) {
    time.tv_nsec -= 1000000000;
    ++time.tv_sec;
  }
  return time;
}

int main(void) {
  pthread_t threads[kThreads];
  pthread_barrier_init(&barrier, NULL, kThreads);
  pthread_spin_init(&spin, PTHREAD_PROCESS_PRIVATE);
  sem_init(&semaphore, 0, 0);
  for (long i = 0; i < kThreads; ++i) pthread_create(&threads[i], NULL, work, (void*)i);
  for (int i = 0; i < kThreads; ++i) sem_wait(&semaphore);
  for (int i = 0; i < kThreads; ++i) pthread_join(threads[i], NULL);
  printf("%ld %ld %ld %ld\n", counter, guarded, spun, turns);

  pthread_mutex_t recursive = make(PTHREAD_MUTEX_RECURSIVE, PTHREAD_PRIO_NONE, 0);
  pthread_mutex_lock(&recursive);
  printf("recursive: %d\n", pthread_mutex_lock(&recursive));
  pthread_mutex_t checking = make(PTHREAD_MUTEX_ERRORCHECK, PTHREAD_PRIO_NONE, 0);
  pthread_mutex_lock(&checking);
  printf("checking: %s\n", strerror(pthread_mutex_lock(&checking)));
  pthread_mutex_unlock(&checking);
  printf("unlocked twice: %s\n", strerror(pthread_mutex_unlock(&checking)));

  pthread_mutex_t robust = make(PTHREAD_MUTEX_NORMAL, PTHREAD_PRIO_NONE, 1);
  pthread_create(&threads[0], NULL, die_with, &robust);
  pthread_join(threads[0], NULL);
  printf("owner died: %s\n", strerror(pthread_mutex_lock(&robust)));
  printf("consistent: %s\n", strerror(pthread_mutex_consistent(&robust)));
  pthread_mutex_unlock(&robust);
  printf("again: %s\n", strerror(pthread_mutex_lock(&robust)));
  pthread_mutex_unlock(&robust);

  pthread_mutex_t inheriting = make(PTHREAD_MUTEX_NORMAL, PTHREAD_PRIO_INHERIT, 0);
  pthread_barrier_init(&barrier, NULL, 2);
  pthread_create(&threads[0], NULL, lock_for_a_while, &inheriting);
  pthread_barrier_wait(&barrier);
  struct timespec soon = in_ms(CLOCK_REALTIME, 2);
  printf("timed: %s\n", strerror(pthread_mutex_timedlock(&inheriting, &soon)));
  printf("waited: %s\n", strerror(pthread_mutex_lock(&inheriting)));
  pthread_mutex_unlock(&inheriting);
  pthread_join(threads[0], NULL);

  soon = in_ms(CLOCK_REALTIME, 5);
  pthread_mutex_lock(&mutex);
  printf("cond: %s\n", strerror(pthread_cond_timedwait(&condition, &mutex, &soon)));
  soon = in_ms(CLOCK_MONOTONIC, 5);
  printf("cond monotonic: %s\n",
         strerror(pthread_cond_clockwait(&condition, &mutex, CLOCK_MONOTONIC, &soon)));
  pthread_mutex_unlock(&mutex);
  soon = in_ms(CLOCK_REALTIME, 5);
  printf("sem: %s\n", sem_timedwait(&semaphore, &soon) == 0 ? "?" : strerror(errno));
  soon = in_ms(CLOCK_REALTIME, 5);
  pthread_rwlock_wrlock(&lock);
  printf("rwlock: %s\n", strerror(pthread_rwlock_timedrdlock(&lock, &soon)));
  pthread_rwlock_unlock(&lock);
  return 0;
}
