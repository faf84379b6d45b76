// A process-shared mutex: increments by many processes are not lost; errorcheck and recursive ones,
// trylock and timedlock across processes.
#include <errno.h>
#include <pthread.h>
#include <sys/mman.h>
#include <time.h>

#include "process.h"

struct shared {
  pthread_mutex_t plain, checked;
  long counter;
  int holders;
  int violations;
};

int main(void) {
  struct shared* shared =
      mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  pthread_mutexattr_t attributes;
  pthread_mutexattr_init(&attributes);
  pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
  pthread_mutex_init(&shared->plain, &attributes);
  pthread_mutexattr_settype(&attributes, PTHREAD_MUTEX_ERRORCHECK);
  pthread_mutex_init(&shared->checked, &attributes);
  pid_t children[6];
  for (int i = 0; i < 6; ++i) {
    children[i] = fork();
    if (children[i] == 0) {
      for (int j = 0; j < 20000; ++j) {
        pthread_mutex_lock(&shared->plain);
        if (shared->holders++ != 0) ++shared->violations;
        ++shared->counter;
        --shared->holders;
        pthread_mutex_unlock(&shared->plain);
      }
      _exit(0);
    }
  }
  for (int i = 0; i < 6; ++i) printf("%s\n", end_of(children[i]));
  printf("%ld increments, %d violations\n", shared->counter, shared->violations);
  pthread_mutex_lock(&shared->checked);
  const pid_t child = fork();
  if (child == 0) {
    struct timespec soon;
    clock_gettime(CLOCK_REALTIME, &soon);
    soon.tv_nsec += 20000000;
    if (soon.tv_nsec >= 1000000000) soon.tv_nsec -= 1000000000, ++soon.tv_sec;
    const int tried = pthread_mutex_trylock(&shared->checked);
    const int timed = pthread_mutex_timedlock(&shared->checked, &soon);
    const int unlocked = pthread_mutex_unlock(&shared->checked);
    _exit((tried == EBUSY) + 2 * (timed == ETIMEDOUT) + 4 * (unlocked == EPERM));
  }
  printf("busy, timed out, not the owner: %s\n", end_of(child));
  printf("own again: %s\n", strerror(pthread_mutex_lock(&shared->checked)));
  return 0;
}
