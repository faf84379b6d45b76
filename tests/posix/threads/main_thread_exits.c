/* pthread_exit in the main thread: the process goes on until the last thread ends. */
#include <pthread.h>
#include <stdio.h>
#include <unistd.h>

static void* later(void* argument) {
  usleep(20000);
  puts("still here");
  return argument;
}

int main(void) {
  pthread_t thread;
  pthread_create(&thread, NULL, later, NULL);
  puts("main ends");
  pthread_exit(NULL);
}
