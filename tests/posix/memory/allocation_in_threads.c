// Threads that allocate and free one another's blocks.
#include "../report.h"

#include <malloc.h>
#include <pthread.h>
#include <stdlib.h>

enum { kThreads = 4, kRounds = 20000, kSlots = 64 };

static unsigned char* slots[kSlots];

static void* work(void* argument) {
  unsigned state = *(int*)argument * 2654435761u + 1;
  long damaged = 0;
  for (int round = 0; round < kRounds; round++) {
    state = state * 1664525 + 1013904223;
    unsigned size = 16 + (state >> 8) % (round % 50 == 0 ? 100000 : 500);
    unsigned char* block = malloc(size);
    unsigned char mark = (unsigned char)(state >> 24);
    memcpy(block, &size, sizeof size);
    memset(block + sizeof size, mark, size - sizeof size);
    block = __atomic_exchange_n(&slots[state % kSlots], block, __ATOMIC_ACQ_REL);
    if (block == NULL) continue;
    memcpy(&size, block, sizeof size);
    if (size > 100100 || block[4] != block[size - 1] || block[4] != block[size / 2]) damaged++;
    free(block);
  }
  return (void*)damaged;
}

int main(void) {
  pthread_t threads[kThreads];
  int numbers[kThreads];
  long damaged = 0;
  for (int i = 0; i < kThreads; i++) {
    numbers[i] = i;
    pthread_create(&threads[i], NULL, work, &numbers[i]);
  }
  for (int i = 0; i < kThreads; i++) {
    void* result;
    pthread_join(threads[i], &result);
    damaged += (long)result;
  }
  for (int i = 0; i < kSlots; i++) free(slots[i]);
  printf("damaged: %ld\n", damaged);
  return 0;
}
