// Many threads end the process at the same time, each with a code of its own: it ends once, by one
// of them, and the output of exit's handlers appears once.
#include <pthread.h>
#include <stdlib.h>

#include "process.h"

static pthread_barrier_t barrier;
static int output;
static void at_exit(void) { write(output, "h", 1); }

static void* end_process(void* argument) {
  pthread_barrier_wait(&barrier);
  if ((long)argument % 2) _exit(20 + (int)(long)argument);
  syscall(231, 20 + (int)(long)argument);  // exit_group
  return NULL;
}
static void* call_exit(void* argument) {
  pthread_barrier_wait(&barrier);
  exit(40);
  return argument;
}

int main(void) {
  int wrong = 0, handlers = 0;
  for (int round = 0; round < 60; ++round) {
    int ends[2];
    pipe(ends);
    const pid_t child = fork();
    if (child == 0) {
      output = ends[1];
      atexit(at_exit);
      pthread_barrier_init(&barrier, NULL, 8);
      pthread_t thread;
      for (long i = 0; i < 8; ++i) {
        // exit itself may only be called by one thread.
        pthread_create(&thread, NULL, round % 2 && i == 0 ? call_exit : end_process, (void*)i);
      }
      pthread_join(thread, NULL);
      for (;;) pause();
    }
    int status = 0;
    waitpid(child, &status, 0);
    close(ends[1]);
    char text[8];
    const size_t size = read_fully(ends[0], text, sizeof text);
    close(ends[0]);
    const int code = WEXITSTATUS(status);
    wrong += !WIFEXITED(status) || !((code >= 20 && code < 28) || (round % 2 && code == 40));
    wrong += code == 40 && size != 1;
    handlers += size > 1;
  }
  printf("%d wrong, handlers ran twice %d times\n", wrong, handlers);
  return 0;
}
