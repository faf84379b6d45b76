// pthread_atfork: handlers before fork run in the opposite order, those after it in the order in
// which they were added; a mutex that they take is free on both sides.
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "process.h"

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static atomic_int ended;
static char order[100];
static size_t size;

static void note(char c) { order[size++] = c; }
static void before_1(void) { note('1'); }
static void before_2(void) { note('2'); }
static void parent_1(void) { note('a'); }
static void parent_2(void) { note('b'); }
static void child_1(void) { note('x'); }
static void child_2(void) { note('y'); }
static void take(void) { pthread_mutex_lock(&mutex); }
static void release(void) { pthread_mutex_unlock(&mutex); }

static void* use_mutex(void* argument) {
  while (!ended) {
    pthread_mutex_lock(&mutex);
    pthread_mutex_unlock(&mutex);
  }
  return argument;
}

int main(void) {
  pthread_atfork(take, release, release);
  pthread_atfork(before_1, parent_1, child_1);
  pthread_atfork(before_2, parent_2, child_2);
  setvbuf(stdout, NULL, _IONBF, 0);
  pid_t child = fork();
  if (child == 0) {
    printf("in the child: %s\n", order);
    _exit(0);
  }
  end_of(child);
  printf("in the parent: %s\n", order);
  pthread_t thread;
  pthread_create(&thread, NULL, use_mutex, NULL);
  int stuck = 0;
  for (int i = 0; i < 100; ++i) {
    size = 0;
    child = fork();
    if (child == 0) _exit(pthread_mutex_trylock(&mutex));
    if (strcmp(end_of(child), "exit 0") != 0) ++stuck;
  }
  ended = 1;
  pthread_join(thread, NULL);
  printf("locked in the child: %d\n", stuck);
  return 0;
}
