// exec by any thread replaces the whole process: the others end, whatever they do, and the program
// begins as the main thread with the process's id.
#define _GNU_SOURCE
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>

#include "process.h"

static char* name;
static const char* path;  // /proc/self/exe is gone with the main thread
static char process[20];
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

static void* wait_in_read(void* argument) {
  char c;
  int ends[2];
  pipe(ends);
  read(ends[0], &c, 1);
  return argument;
}
static void* wait_for_mutex(void* argument) {
  pthread_mutex_lock(&mutex);
  return argument;
}
static void* compute(void* argument) {
  for (volatile unsigned i = 0;; ++i) continue;
  return argument;
}
static void* begin(void* argument) {
  usleep(1000);
  execl(path, name, process, (char*)NULL);
  return argument;
}

int main(int argc, char** argv) {
  if (argc > 1) return getpid() == atoi(argv[1]) && gettid() == getpid() ? 21 : 22;
  name = argv[0];
  path = own_path();
  int right = 0;
  for (int round = 0; round < 20; ++round) {
    const pid_t child = fork();
    if (child == 0) {
      snprintf(process, sizeof process, "%d", getpid());
      pthread_t thread;
      pthread_mutex_lock(&mutex);
      pthread_create(&thread, NULL, wait_in_read, NULL);
      pthread_create(&thread, NULL, wait_for_mutex, NULL);
      pthread_create(&thread, NULL, compute, NULL);
      pthread_create(&thread, NULL, begin, NULL);
      if (round % 2) pthread_create(&thread, NULL, begin, NULL);  // two at once: one wins
      if (round % 4 < 2) compute(NULL);
      pthread_exit(NULL);
    }
    right += strcmp(end_of(child), "exit 21") == 0;
  }
  printf("%d of 20\n", right);
  return 0;
}
