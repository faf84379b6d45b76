// Barriers over many rounds, spin locks, pthread_once.
#include "../report.h"

#include <pthread.h>
#include <stdint.h>

enum { kThreads = 4, kRounds = 200 };

static pthread_barrier_t barrier;
static pthread_spinlock_t spin;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static int counts[kThreads], torn, initialised;
static long sum;

static void initialise(void) { initialised++; }

static void* work(void* argument) {
  int number = *(int*)argument;
  long serial = 0;
  for (int round = 0; round < kRounds; round++) {
    pthread_once(&once, initialise);
    counts[number]++;
    serial += pthread_barrier_wait(&barrier) == PTHREAD_BARRIER_SERIAL_THREAD;
    for (int i = 0; i < kThreads; i++) {
      if (counts[i] != round + 1) __atomic_add_fetch(&torn, 1, __ATOMIC_RELAXED);
    }
    pthread_barrier_wait(&barrier);
    pthread_spin_lock(&spin);
    sum += number + 1;
    pthread_spin_unlock(&spin);
  }
  return (void*)serial;
}

static void cancelled(void) { pthread_exit(NULL); }

static void* begin_once(void* control) {
  pthread_once(control, cancelled);
  return NULL;
}

int main(void) {
  SHOW_ERROR(pthread_barrier_init(&barrier, NULL, 0));
  SHOW_ERROR(pthread_barrier_init(&barrier, NULL, kThreads));
  SHOW_ERROR(pthread_spin_init(&spin, PTHREAD_PROCESS_PRIVATE));
  pthread_t threads[kThreads];
  int numbers[kThreads];
  long serial = 0;
  for (int i = 0; i < kThreads; i++) {
    numbers[i] = i;
    pthread_create(&threads[i], NULL, work, &numbers[i]);
  }
  for (int i = 0; i < kThreads; i++) {
    void* result;
    pthread_join(threads[i], &result);
    serial += (long)result;
  }
  printf("torn %d, serial %ld, sum %ld, initialised %d\n", torn, serial, sum, initialised);
  SHOW_ERROR(pthread_barrier_destroy(&barrier));
  SHOW_ERROR(pthread_spin_trylock(&spin));
  SHOW_ERROR(pthread_spin_trylock(&spin));
  SHOW_ERROR(pthread_spin_unlock(&spin));
  SHOW_ERROR(pthread_spin_destroy(&spin));
  // A routine that doesn't return has not been run.
  pthread_once_t again = PTHREAD_ONCE_INIT;
  pthread_create(&threads[0], NULL, begin_once, &again);
  pthread_join(threads[0], NULL);
  SHOW_ERROR(pthread_once(&again, initialise));
  SHOW_ERROR(pthread_once(&again, initialise));
  SHOW(initialised);
  SHOW_ERROR(pthread_barrier_init(&barrier, NULL, 1));
  SHOW(pthread_barrier_wait(&barrier) == PTHREAD_BARRIER_SERIAL_THREAD);
  return 0;
}
