/* A thousand threads at once. */
#include <pthread.h>
#include <stdio.h>
#include <string.h>

enum { kThreads = 1000 };
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
static int arrived, go;

static void* body(void* argument) {
  pthread_mutex_lock(&mutex);
  if (++arrived == kThreads) pthread_cond_broadcast(&condition);
  while (!go) pthread_cond_wait(&condition, &mutex);
  pthread_mutex_unlock(&mutex);
  return argument;
}

int main(void) {
  static pthread_t threads[kThreads];
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, 65536);
  for (int i = 0; i < kThreads; ++i) {
    int error = pthread_create(&threads[i], &attributes, body, NULL);
    if (error != 0) {
      printf("thread %d: %s\n", i, strerror(error));
      return 1;
    }
  }
  pthread_mutex_lock(&mutex);
  while (arrived != kThreads) pthread_cond_wait(&condition, &mutex);
  go = 1;
  pthread_cond_broadcast(&condition);
  pthread_mutex_unlock(&mutex);
  for (int i = 0; i < kThreads; ++i) pthread_join(threads[i], NULL);
  puts("all arrived, all joined");
  return 0;
}
