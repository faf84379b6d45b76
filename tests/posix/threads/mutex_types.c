// Normal, recursive, error-checking and robust mutexes; trylock, timed lock, priority ceilings.
#include "../report.h"

#include <pthread.h>
#include <time.h>
#include <unistd.h>

static pthread_mutex_t mutex;

static void* try_it(void* unused) {
  SHOW_ERROR(pthread_mutex_trylock(&mutex));
  SHOW_ERROR(pthread_mutex_unlock(&mutex));
  struct timespec until;
  clock_gettime(CLOCK_REALTIME, &until);
  SHOW_ERROR(pthread_mutex_timedlock(&mutex, &until));
  until.tv_nsec = -1;
  SHOW_ERROR(pthread_mutex_timedlock(&mutex, &until));
  return NULL;
}

static void* die_holding(void* unused) {
  SHOW_ERROR(pthread_mutex_lock(&mutex));
  return NULL;
}

static void in_thread(void* (*function)(void*)) {
  pthread_t thread;
  pthread_create(&thread, NULL, function, NULL);
  pthread_join(thread, NULL);
}

int main(void) {
  pthread_mutexattr_t attributes;
  int value = -1;
  SHOW_ERROR(pthread_mutexattr_init(&attributes));
  SHOW_ERROR(pthread_mutexattr_gettype(&attributes, &value));
  SHOW(value == PTHREAD_MUTEX_DEFAULT);
  SHOW_ERROR(pthread_mutexattr_settype(&attributes, 77));
  SHOW_ERROR(pthread_mutexattr_setrobust(&attributes, 7));
  SHOW_ERROR(pthread_mutexattr_setprotocol(&attributes, 7));
  SHOW_ERROR(pthread_mutexattr_setpshared(&attributes, 7));

  puts("recursive");
  pthread_mutexattr_settype(&attributes, PTHREAD_MUTEX_RECURSIVE);
  pthread_mutex_init(&mutex, &attributes);
  SHOW_ERROR(pthread_mutex_lock(&mutex));
  SHOW_ERROR(pthread_mutex_lock(&mutex));
  SHOW_ERROR(pthread_mutex_trylock(&mutex));
  in_thread(try_it);
  for (int i = 0; i < 4; i++) SHOW_ERROR(pthread_mutex_unlock(&mutex));
  SHOW_ERROR(pthread_mutex_destroy(&mutex));

  puts("error checking");
  pthread_mutexattr_settype(&attributes, PTHREAD_MUTEX_ERRORCHECK);
  pthread_mutex_init(&mutex, &attributes);
  SHOW_ERROR(pthread_mutex_unlock(&mutex));
  SHOW_ERROR(pthread_mutex_lock(&mutex));
  SHOW_ERROR(pthread_mutex_lock(&mutex));
  SHOW_ERROR(pthread_mutex_trylock(&mutex));
  in_thread(try_it);
  SHOW_ERROR(pthread_mutex_destroy(&mutex));
  SHOW_ERROR(pthread_mutex_unlock(&mutex));

  puts("robust");
  pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST);
  pthread_mutex_init(&mutex, &attributes);
  in_thread(die_holding);
  SHOW_ERROR(pthread_mutex_lock(&mutex));
  SHOW_ERROR(pthread_mutex_consistent(&mutex));
  SHOW_ERROR(pthread_mutex_unlock(&mutex));
  SHOW_ERROR(pthread_mutex_consistent(&mutex));
  in_thread(die_holding);
  SHOW_ERROR(pthread_mutex_trylock(&mutex));
  SHOW_ERROR(pthread_mutex_unlock(&mutex));
  // Unlocked without having been made consistent: of no use any more.
  SHOW_ERROR(pthread_mutex_lock(&mutex));
  SHOW_ERROR(pthread_mutex_trylock(&mutex));

  puts("priority inheritance");
  pthread_mutexattr_init(&attributes);
  SHOW_ERROR(pthread_mutexattr_setprotocol(&attributes, PTHREAD_PRIO_INHERIT));
  SHOW_ERROR(pthread_mutex_init(&mutex, &attributes));
  SHOW_ERROR(pthread_mutex_lock(&mutex));
  in_thread(try_it);
  SHOW_ERROR(pthread_mutex_unlock(&mutex));
  SHOW_ERROR(pthread_mutex_getprioceiling(&mutex, &value));
  return 0;
}
