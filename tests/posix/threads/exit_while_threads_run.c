/* exit() ends threads that compute, wait for a lock, sleep and read. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static volatile unsigned long counter;
static int ends[2];

static void* compute(void* argument) {
  while (1) ++counter;
  return argument;
}
static void* wait_for_lock(void* argument) {
  pthread_mutex_lock(&mutex);
  return argument;
}
static void* sleep_long(void* argument) {
  sleep(1000);
  return argument;
}
static void* read_nothing(void* argument) {
  char byte;
  read(ends[0], &byte, 1);
  return argument;
}

int main(void) {
  void* (*bodies[])(void*) = {compute, wait_for_lock, sleep_long, read_nothing};
  pthread_t thread;
  pipe(ends);
  pthread_mutex_lock(&mutex);
  for (int i = 0; i < 12; ++i) pthread_create(&thread, NULL, bodies[i % 4], NULL);
  usleep(20000);
  puts("exiting");
  exit(7);
}
