// Futexes in shared memory: waking and requeueing across processes, by whichever address the memory
// has there; in private memory nobody else is woken.
#define _GNU_SOURCE
#include <errno.h>
#include <linux/futex.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>

#include "process.h"

static int private_word;

static int futex(void* word, int operation, unsigned value, const void* fourth, void* word2,
                 unsigned value3) {
  const long result = syscall(SYS_futex, word, operation, value, fourth, word2, value3);
  return result < 0 ? -errno : (int)result;
}

int main(void) {
  const int file = memfd_create("words", 0);
  ftruncate(file, 4096);
  atomic_int* words = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  pid_t children[6];
  for (int i = 0; i < 6; ++i) {
    children[i] = fork();
    if (children[i] == 0) {
      // Half of them map it at another address.
      atomic_int* own =
          i % 2 ? mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0) : words;
      ++own[2];
      const int result = futex(&own[0], FUTEX_WAIT, 0, NULL, NULL, 0);
      _exit(result == 0 ? 1 : result == -EAGAIN ? 2 : 3);
    }
  }
  // A child that has counted itself may not wait yet; waking is tried until it is seen.
  int woken = 0;
  while (woken < 2) woken += futex(&words[0], FUTEX_WAKE, 1, NULL, NULL, 0);
  int moved = 0;
  while (moved < 4) {
    const int result = futex(&words[0], FUTEX_CMP_REQUEUE, 0, (void*)4, &words[1], 0);
    if (result > 0) moved += result;
  }
  printf("woken %d, moved %d, left %d\n", woken, moved,
         futex(&words[0], FUTEX_WAKE, 99, NULL, NULL, 0));
  printf("at the other word: %d\n", futex(&words[1], FUTEX_WAKE, 99, NULL, NULL, 0));
  for (int i = 0; i < 6; ++i) printf("%s\n", end_of(children[i]));
  words[0] = 1;
  printf("another value: %s\n", strerror(-futex(&words[0], FUTEX_WAIT, 0, NULL, NULL, 0)));
  const struct timespec short_time = {.tv_nsec = 10000000};
  const pid_t child = fork();
  if (child == 0) {
    _exit(futex(&private_word, FUTEX_WAIT, 0, &short_time, NULL, 0) == -ETIMEDOUT ? 4 : 5);
  }
  int reached = 0;
  for (int i = 0; i < 5; ++i) {
    reached += futex(&private_word, FUTEX_WAKE, 99, NULL, NULL, 0);
    usleep(1000);
  }
  printf("private: reached %d, %s\n", reached, end_of(child));
  return 0;
}
