// stdatomic.h on all sizes, from several threads.
#include "../report.h"

#include <pthread.h>
#include <stdatomic.h>

enum { kThreads = 4, kRounds = 20000 };

static atomic_uchar byte;
static atomic_ushort half;
static atomic_uint word;
static atomic_ullong wide;
static atomic_flag flag = ATOMIC_FLAG_INIT;
static _Atomic(double) real;
static int guarded;

static void* work(void* unused) {
  for (int i = 0; i < kRounds; i++) {
    atomic_fetch_add(&byte, 1);
    half += 3;
    atomic_fetch_add_explicit(&word, 1, memory_order_relaxed);
    atomic_fetch_xor(&wide, 1ull << (i % 64));
    double seen = atomic_load(&real);
    while (!atomic_compare_exchange_weak(&real, &seen, seen + 0.5)) continue;
    while (atomic_flag_test_and_set(&flag)) continue;
    guarded++;
    atomic_flag_clear(&flag);
  }
  return NULL;
}

int main(void) {
  pthread_t threads[kThreads];
  for (int i = 0; i < kThreads; i++) pthread_create(&threads[i], NULL, work, NULL);
  for (int i = 0; i < kThreads; i++) pthread_join(threads[i], NULL);
  printf("%u %u %u %llx %g %d\n", byte, half, word, wide, real, guarded);
  printf("%u %u\n", atomic_exchange(&byte, 250), atomic_fetch_add(&byte, 10));
  printf("%u\n", byte);
  printf("%u %u %u\n", atomic_fetch_sub(&half, 1), atomic_fetch_or(&half, 0xf0),
         atomic_fetch_and(&half, 0xff));
  printf("%x\n", half);
  unsigned expected = 5;
  printf("%d %u\n", atomic_compare_exchange_strong(&word, &expected, 9), expected);
  printf("%d %u\n", atomic_compare_exchange_strong(&word, &expected, 9), word);
  unsigned long long all = wide;
  printf("%d %llx\n", atomic_compare_exchange_strong(&wide, &all, ~0ull), wide);
  printf("%llx %llx\n", atomic_fetch_add(&wide, 1), wide);
  signed char old = __atomic_fetch_nand((signed char*)&byte, 3, __ATOMIC_SEQ_CST);
  printf("%d %d\n", old, (signed char)byte);
  printf("%d %d %d\n", atomic_is_lock_free(&byte), atomic_is_lock_free(&word),
         atomic_is_lock_free(&wide));
  atomic_thread_fence(memory_order_seq_cst);
  return 0;
}
