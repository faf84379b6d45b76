// pthread_key_t: destructors, their rounds, values of each thread, reuse, limits.
#include "../report.h"

#include <limits.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>

static pthread_key_t first, second, persistent;
static int rounds, destroyed;

static void destroy(void* value) {
  printf("destroy %s, own value already %d\n", (char*)value, pthread_getspecific(first) == NULL);
  destroyed++;
}

static void persist(void* value) {
  rounds++;
  pthread_setspecific(persistent, value);
}

static void* work(void* unused) {
  SHOW_POINTER(pthread_getspecific(first));
  SHOW_ERROR(pthread_setspecific(first, "of the thread"));
  SHOW_ERROR(pthread_setspecific(second, "without destructor"));
  SHOW_ERROR(pthread_setspecific(persistent, &rounds));
  printf("%s\n", (char*)pthread_getspecific(first));
  return NULL;
}

static void* exits(void* unused) {
  pthread_setspecific(first, "at pthread_exit");
  pthread_exit(NULL);
}

static void* deleted(void* key) {
  pthread_setspecific(*(pthread_key_t*)key, "not destroyed");
  SHOW_ERROR(pthread_key_delete(*(pthread_key_t*)key));
  SHOW_POINTER(pthread_getspecific(*(pthread_key_t*)key));
  return NULL;
}

int main(void) {
  pthread_t thread;
  SHOW_ERROR(pthread_key_create(&first, destroy));
  SHOW_ERROR(pthread_key_create(&second, NULL));
  SHOW_ERROR(pthread_key_create(&persistent, persist));
  SHOW_ERROR(pthread_setspecific(first, "of main"));
  pthread_create(&thread, NULL, work, NULL);
  pthread_join(thread, NULL);
  SHOW(rounds == PTHREAD_DESTRUCTOR_ITERATIONS);
  pthread_create(&thread, NULL, exits, NULL);
  pthread_join(thread, NULL);
  printf("%s, destroyed %d\n", (char*)pthread_getspecific(first), destroyed);
  pthread_key_t key;
  pthread_key_create(&key, destroy);
  pthread_create(&thread, NULL, deleted, &key);
  pthread_join(thread, NULL);
  printf("destroyed %d\n", destroyed);
  SHOW_ERROR(pthread_key_delete(key));
  SHOW_ERROR(pthread_setspecific(key, "x"));
  SHOW_ERROR(pthread_setspecific(5000, "x"));
  // A new key has no values, whatever an old one of the number had.
  pthread_setspecific(second, "old");
  pthread_key_delete(second);
  pthread_key_create(&second, NULL);
  SHOW_POINTER(pthread_getspecific(second));
  int created = 0;
  while (pthread_key_create(&key, NULL) == 0) created++;
  printf("limit: %d\n", created > 1000 && created <= PTHREAD_KEYS_MAX);
  // Destructors don't run when the process exits.
  return 0;
}
