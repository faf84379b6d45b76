// Process-shared read-write locks and barriers.
#include <pthread.h>
#include <stdatomic.h>
#include <sys/mman.h>

#include "process.h"

enum { PROCESSES = 5, ROUNDS = 200 };
struct shared {
  pthread_rwlock_t lock;
  pthread_barrier_t barrier;
  long a, b;
  atomic_int torn, arrived, early, serial;
};

int main(void) {
  struct shared* shared =
      mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  pthread_rwlockattr_t lock;
  pthread_rwlockattr_init(&lock);
  pthread_rwlockattr_setpshared(&lock, PTHREAD_PROCESS_SHARED);
  pthread_rwlock_init(&shared->lock, &lock);
  pthread_barrierattr_t barrier;
  pthread_barrierattr_init(&barrier);
  pthread_barrierattr_setpshared(&barrier, PTHREAD_PROCESS_SHARED);
  pthread_barrier_init(&shared->barrier, &barrier, PROCESSES);
  for (int i = 0; i < PROCESSES; ++i) {
    if (fork() == 0) {
      for (int round = 0; round < ROUNDS; ++round) {
        // Nobody gets past the barrier before all have arrived.
        ++shared->arrived;
        if (pthread_barrier_wait(&shared->barrier) == PTHREAD_BARRIER_SERIAL_THREAD)
          ++shared->serial;
        if (shared->arrived < PROCESSES * (round + 1)) ++shared->early;
        if ((round + i) % 3 == 0) {
          pthread_rwlock_wrlock(&shared->lock);
          ++shared->a;
          ++shared->b;
        } else {
          pthread_rwlock_rdlock(&shared->lock);
          if (shared->a != shared->b) ++shared->torn;
        }
        pthread_rwlock_unlock(&shared->lock);
      }
      _exit(0);
    }
  }
  int status, right = 0;
  while (wait(&status) > 0) right += status == 0;
  printf("%d processes, %d serial, %d early, %ld written, %d torn\n", right, shared->serial,
         shared->early, shared->a, shared->torn);
  return 0;
}
