// Threads wait for children at the same time: each gets its own, those that take any get each child
// once, and a child that one thread has started another may wait for.
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "process.h"

static atomic_int collected, sum, wrong;
static pid_t started[8];

static void* fork_and_wait(void* argument) {
  for (int i = 0; i < 40; ++i) {
    const int code = ((int)(long)argument * 40 + i) % 200;
    const pid_t child = fork();
    if (child == 0) _exit(code);
    int status = -1;
    if (waitpid(child, &status, 0) != child || status != code << 8) ++wrong;
  }
  return NULL;
}
static void* collect_any(void* argument) {
  int status;
  while (waitpid(-1, &status, 0) > 0) {
    ++collected;
    sum += WEXITSTATUS(status);
  }
  if (errno != ECHILD) ++wrong;
  return argument;
}
static void* start_some(void* argument) {
  for (int i = 0; i < 8; ++i) {
    started[i] = fork();
    if (started[i] == 0) _exit(i);
  }
  return argument;
}

int main(void) {
  pthread_t threads[4];
  for (long i = 0; i < 4; ++i) pthread_create(&threads[i], NULL, fork_and_wait, (void*)i);
  for (int i = 0; i < 4; ++i) pthread_join(threads[i], NULL);
  printf("each its own: %d wrong\n", wrong);
  int gate[2];
  pipe(gate);
  for (int i = 0; i < 60; ++i) {
    if (fork() == 0) {
      char c;
      close(gate[1]);
      read(gate[0], &c, 1);
      _exit(i);
    }
  }
  for (long i = 0; i < 4; ++i) pthread_create(&threads[i], NULL, collect_any, NULL);
  close(gate[1]);
  for (int i = 0; i < 4; ++i) pthread_join(threads[i], NULL);
  printf("any: %d collected, sum %d, %d wrong\n", collected, sum, wrong);
  pthread_create(&threads[0], NULL, start_some, NULL);
  pthread_join(threads[0], NULL);  // their parent is the process, not the thread
  for (int i = 0; i < 8; ++i) printf("%s ", end_of(started[i]));
  puts("");
  return 0;
}
