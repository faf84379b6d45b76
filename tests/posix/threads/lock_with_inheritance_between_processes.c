// A mutex with priority inheritance that processes share: waited for, taken over from a process
// that died.
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

struct shared {
  pthread_mutex_t mutex;
  int value;
};

int main(void) {
  struct shared* shared =
      mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  pthread_mutexattr_t attributes;
  pthread_mutexattr_init(&attributes);
  pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
  pthread_mutexattr_setprotocol(&attributes, PTHREAD_PRIO_INHERIT);
  pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST);
  printf("init: %d\n", pthread_mutex_init(&shared->mutex, &attributes));

  pthread_mutex_lock(&shared->mutex);
  fflush(stdout);
  int ends[2];
  pipe(ends);
  pid_t child = fork();
  if (child == 0) {
    const int tried = pthread_mutex_trylock(&shared->mutex);
    write(ends[1], "", 1);
    const int locked = pthread_mutex_lock(&shared->mutex);
    printf("child: %s, %d, value %d\n", strerror(tried), locked, shared->value);
    shared->value = 2;
    fflush(stdout);
    _exit(0);  // with the lock
  }
  char byte;
  read(ends[0], &byte, 1);
  usleep(50000);  // for the child to wait for the lock
  shared->value = 1;
  // The child may print as soon as it has the lock.
  printf("unlock\n");
  fflush(stdout);
  const int unlocked = pthread_mutex_unlock(&shared->mutex);
  waitpid(child, NULL, 0);
  printf("unlocked: %d\n", unlocked);
  const int locked = pthread_mutex_lock(&shared->mutex);
  printf("owner died: %d, value %d\n", locked == EOWNERDEAD, shared->value);
  printf("consistent: %d\n", pthread_mutex_consistent(&shared->mutex));
  printf("unlock: %d\n", pthread_mutex_unlock(&shared->mutex));
  return 0;
}
