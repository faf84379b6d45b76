// A robust process-shared mutex whose owner dies: the next one is told, and may repair it or not.
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>

#include "process.h"

static pthread_mutex_t* mutex;

static void die_with_lock(int by_signal) {
  const pid_t child = fork();
  if (child == 0) {
    pthread_mutex_lock(mutex);
    if (by_signal) kill(getpid(), SIGKILL);
    _exit(0);
  }
  end_of(child);
}

static const char* name(int error) {
  return error == 0                 ? "ok"
         : error == EOWNERDEAD      ? "owner dead"
         : error == ENOTRECOVERABLE ? "not recoverable"
                                    : strerror(error);
}

int main(void) {
  mutex = mmap(NULL, sizeof *mutex, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  pthread_mutexattr_t attributes;
  pthread_mutexattr_init(&attributes);
  pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
  pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST);
  pthread_mutex_init(mutex, &attributes);
  for (int i = 0; i < 2; ++i) {
    die_with_lock(i);
    printf("lock: %s", name(pthread_mutex_lock(mutex)));
    printf(", consistent: %s", name(pthread_mutex_consistent(mutex)));
    printf(", unlock: %s\n", name(pthread_mutex_unlock(mutex)));
  }
  printf("again: %s", name(pthread_mutex_lock(mutex)));
  printf(", unlock: %s\n", name(pthread_mutex_unlock(mutex)));

  // One that waits is woken by the owner's death.
  int ready[2];
  char c;
  pipe(ready);
  const pid_t owner = fork();
  if (owner == 0) {
    pthread_mutex_lock(mutex);
    write(ready[1], "r", 1);
    for (;;) pause();
  }
  read(ready[0], &c, 1);
  const pid_t waiter = fork();
  if (waiter == 0) {
    write(ready[1], "r", 1);
    _exit(pthread_mutex_lock(mutex) == EOWNERDEAD ? 7 : 8);  // and dies with it, too
  }
  read(ready[0], &c, 1);
  usleep(20000);
  kill(owner, SIGKILL);
  printf("owner: %s", end_of(owner));
  printf(", waiter: %s\n", end_of(waiter));
  printf("try: %s", name(pthread_mutex_trylock(mutex)));
  printf(", unlock without repair: %s", name(pthread_mutex_unlock(mutex)));
  printf(", then: %s\n", name(pthread_mutex_lock(mutex)));
  return 0;
}
