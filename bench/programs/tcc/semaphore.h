// Found before the C library's <semaphore.h>, everywhere: TinyCC guards its state with one,
// Debian's wasi-libc has none, and the workload has a single thread.
#ifndef LINDEN_BENCH_TCC_SEMAPHORE_H
#define LINDEN_BENCH_TCC_SEMAPHORE_H

typedef int sem_t;

static inline int sem_init(sem_t* semaphore, int shared, unsigned value) {
  return (void)semaphore, (void)shared, (void)value, 0;
}
static inline int sem_wait(sem_t* semaphore) { return (void)semaphore, 0; }
static inline int sem_post(sem_t* semaphore) { return (void)semaphore, 0; }

#endif
