// Threads that hold a mutex with priority inheritance let go of it, or end with it, while others
// are about to wait for them: nobody is told that there is no such owner.
#include <errno.h>
#include <pthread.h>
#include <stdio.h>

enum { kThreads = 6, kRounds = 400 };

static pthread_mutex_t plain, robust;
static unsigned long counter, dead;

static void* work(void* unused) {
  for (int i = 0; i < 5; ++i) {
    pthread_mutex_lock(&plain);
    ++counter;
    pthread_mutex_unlock(&plain);
  }
  const int error = pthread_mutex_lock(&robust);
  if (error == EOWNERDEAD) {
    ++dead;
    pthread_mutex_consistent(&robust);
  } else if (error != 0) {
    printf("error %d\n", error);
  }
  return unused;  // with the robust one
}

static void init(pthread_mutex_t* mutex, int robustness) {
  pthread_mutexattr_t attributes;
  pthread_mutexattr_init(&attributes);
  pthread_mutexattr_setprotocol(&attributes, PTHREAD_PRIO_INHERIT);
  pthread_mutexattr_setrobust(&attributes, robustness);
  pthread_mutex_init(mutex, &attributes);
  pthread_mutexattr_destroy(&attributes);
}

int main(void) {
  init(&plain, PTHREAD_MUTEX_STALLED);
  init(&robust, PTHREAD_MUTEX_ROBUST);
  for (int round = 0; round < kRounds; ++round) {
    pthread_t threads[kThreads];
    for (int i = 0; i < kThreads; ++i) pthread_create(&threads[i], NULL, work, NULL);
    for (int i = 0; i < kThreads; ++i) pthread_join(threads[i], NULL);
  }
  printf("%lu %lu\n", counter, dead);
}
