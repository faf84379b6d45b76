/* Threads: create, join, results, detach, attributes, thread-local variables, keys, once. */
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static __thread int local = 7;
static __thread char buffer[100];
static pthread_key_t key;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static atomic_int destroyed, initialised, detached;

static void destroy(void* value) { atomic_fetch_add(&destroyed, (int)(intptr_t)value); }
static void initialise(void) { atomic_fetch_add(&initialised, 1); }

static void* body(void* argument) {
  intptr_t number = (intptr_t)argument;
  if (local != 7 || buffer[0] != 0) return (void*)-1;
  local = (int)number;
  snprintf(buffer, sizeof buffer, "thread %d", (int)number);
  pthread_setspecific(key, (void*)number);
  pthread_once(&once, initialise);
  for (int i = 0; i < 1000; ++i) {
    if (local != (int)number) return (void*)-2;
  }
  char expected[100];
  snprintf(expected, sizeof expected, "thread %d", (int)number);
  if (strcmp(expected, buffer) != 0) return (void*)-3;
  return (void*)(number * number);
}

static void* exiting(void* argument) {
  pthread_setspecific(key, (void*)100000);
  pthread_exit(argument);
}

static void* detaching(void* argument) {
  (void)argument;
  atomic_fetch_add(&detached, 1);
  return NULL;
}

int main(void) {
  enum { kThreads = 50 };
  pthread_t threads[kThreads];
  pthread_key_create(&key, destroy);
  for (int round = 0; round < 4; ++round) {
    for (intptr_t i = 0; i < kThreads; ++i) {
      int error = pthread_create(&threads[i], NULL, body, (void*)(i + 1));
      if (error != 0) printf("create: %s\n", strerror(error));
    }
    long sum = 0;
    for (int i = 0; i < kThreads; ++i) {
      void* result;
      pthread_join(threads[i], &result);
      if ((intptr_t)result < 0) printf("thread %d failed: %d\n", i, (int)(intptr_t)result);
      sum += (intptr_t)result;
    }
    printf("sum %ld, destroyed %d, initialised %d\n", sum, destroyed, initialised);
  }

  void* result;
  pthread_create(&threads[0], NULL, exiting, (void*)42);
  pthread_join(threads[0], &result);
  printf("pthread_exit gave %d, destroyed %d\n", (int)(intptr_t)result, destroyed);

  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, 65536);
  size_t size;
  pthread_attr_getstacksize(&attributes, &size);
  printf("stack size %zu\n", size);
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  for (int i = 0; i < 20; ++i) {
    if (pthread_create(&threads[0], &attributes, detaching, NULL) != 0) puts("no thread");
  }
  while (detached != 20) usleep(1000);
  puts("all detached ones ran");
  printf("joining itself: %s\n", pthread_join(pthread_self(), NULL) == EDEADLK ? "EDEADLK" : "?");
  printf("local of main is %d\n", local);
  return 0;
}
