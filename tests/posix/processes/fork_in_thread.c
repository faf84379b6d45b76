// fork in a program of many threads: the child has the calling one alone, which is its main thread
// now, with its own thread-local variables; and it can start threads again.
#define _GNU_SOURCE
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "process.h"

static _Thread_local int own = -1;
static atomic_int ticks, ended;

static void* tick(void* argument) {
  while (!ended) {
    ++ticks;
    usleep(100);
  }
  return argument;
}
static void* add(void* argument) {
  own = 5;
  return (char*)argument + own;
}

static void* fork_here(void* argument) {
  own = (int)(long)argument;
  for (int i = 0; i < 20; ++i) {
    const pid_t child = fork();
    if (child == 0) {
      int wrong = own != (int)(long)argument;
      wrong += getpid() != gettid();
      const int before = ticks;
      usleep(2000);
      wrong += ticks != before;  // the threads that tick are not here
      pthread_t thread;
      void* result = NULL;
      wrong += pthread_create(&thread, NULL, add, (void*)100) != 0;
      wrong += pthread_join(thread, &result) != 0;
      wrong += result != (void*)105;
      wrong += own != (int)(long)argument;
      exit(wrong);
    }
    int status = -1;
    waitpid(child, &status, 0);
    if (status != 0) return (void*)1;
  }
  return NULL;
}

int main(void) {
  setvbuf(stdout, NULL, _IONBF, 0);
  pthread_t tickers[3], forkers[3];
  for (int i = 0; i < 3; ++i) pthread_create(&tickers[i], NULL, tick, NULL);
  for (long i = 0; i < 3; ++i) pthread_create(&forkers[i], NULL, fork_here, (void*)(i + 1));
  for (int i = 0; i < 3; ++i) {
    void* result;
    pthread_join(forkers[i], &result);
    printf("thread %d: %s\n", i, result ? "wrong" : "right");
  }
  ended = 1;
  for (int i = 0; i < 3; ++i) pthread_join(tickers[i], NULL);
  return 0;
}
