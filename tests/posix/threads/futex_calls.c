// The system call futex: comparisons, timeouts, waking, requeueing, bit sets, errors.
#include "../report.h"

#include <linux/futex.h>
#include <pthread.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static _Atomic int word, other, woken, waiting;

static long futex(_Atomic int* address, int operation, int value, const void* fourth,
                  _Atomic int* second, int third) {
  return syscall(SYS_futex, address, operation, value, fourth, second, third);
}

static void* wait_on_word(void* bits) {
  waiting++;
  while (futex(&word, bits ? FUTEX_WAIT_BITSET : FUTEX_WAIT, 0, NULL, NULL,
               bits ? *(int*)bits : 0) == 0) {
    woken++;
    return NULL;
  }
  return NULL;
}

static void start(pthread_t* threads, int count, int* bits) {
  waiting = woken = 0;
  for (int i = 0; i < count; i++)
    pthread_create(&threads[i], NULL, wait_on_word, bits ? &bits[i] : NULL);
  while (waiting < count) usleep(1000);
  usleep(200000);
}

static void join(pthread_t* threads, int count) {
  for (int i = 0; i < count; i++) pthread_join(threads[i], NULL);
  printf("woken: %d\n", woken);
}

int main(void) {
  pthread_t threads[4];
  struct timespec brief = {0, 5000000}, wrong = {0, -1}, past = {1, 0};
  SHOW(futex(&word, FUTEX_WAIT, 1, NULL, NULL, 0));
  SHOW(futex(&word, FUTEX_WAIT, 0, &brief, NULL, 0));
  SHOW(futex(&word, FUTEX_WAIT | FUTEX_PRIVATE_FLAG, 0, &brief, NULL, 0));
  SHOW(futex(&word, FUTEX_WAIT, 0, &wrong, NULL, 0));
  SHOW(futex(&word, FUTEX_WAIT_BITSET, 0, &past, NULL, -1));
  SHOW(futex(&word, FUTEX_WAIT_BITSET | FUTEX_CLOCK_REALTIME, 0, &past, NULL, -1));
  SHOW(futex(&word, FUTEX_WAIT_BITSET, 0, &past, NULL, 0));
  SHOW(futex(&word, FUTEX_WAKE, 1, NULL, NULL, 0));
  SHOW(futex((_Atomic int*)((char*)&word + 1), FUTEX_WAIT, 0, &brief, NULL, 0));
  SHOW(futex((_Atomic int*)8, FUTEX_WAIT, 0, &brief, NULL, 0));
  SHOW(futex(&word, 99, 0, NULL, NULL, 0));

  start(threads, 3, NULL);
  SHOW(futex(&word, FUTEX_WAKE, 2, NULL, NULL, 0));
  SHOW(futex(&word, FUTEX_WAKE, 10, NULL, NULL, 0));
  join(threads, 3);
  int bits[3] = {1, 2, 4};
  start(threads, 3, bits);
  SHOW(futex(&word, FUTEX_WAKE_BITSET, 10, NULL, NULL, 6));
  SHOW(futex(&word, FUTEX_WAKE_BITSET, 10, NULL, NULL, 6));
  SHOW(futex(&word, FUTEX_WAKE_BITSET, 10, NULL, NULL, 0));
  SHOW(futex(&word, FUTEX_WAKE, 10, NULL, NULL, 0));
  join(threads, 3);

  start(threads, 4, NULL);
  SHOW(futex(&word, FUTEX_CMP_REQUEUE, 1, (void*)2, &other, 7));
  SHOW(futex(&word, FUTEX_CMP_REQUEUE, 1, (void*)2, &other, 0));
  SHOW(futex(&word, FUTEX_WAKE, 10, NULL, NULL, 0));
  SHOW(futex(&other, FUTEX_WAKE, 10, NULL, NULL, 0));
  join(threads, 4);

  start(threads, 2, NULL);
  // Adds 5 to the other word; it was 0, which is less than 1, so both are woken.
  SHOW(futex(&word, FUTEX_WAKE_OP, 1, (void*)1, &other,
             FUTEX_OP(FUTEX_OP_ADD, 5, FUTEX_OP_CMP_LT, 1)));
  SHOW(other);
  SHOW(futex(&word, FUTEX_WAKE, 10, NULL, NULL, 0));
  join(threads, 2);
  return 0;
}
