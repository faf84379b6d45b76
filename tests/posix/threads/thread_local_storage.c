// __thread variables: initial values and alignment in each thread, addresses that differ, large
// ones.
#include "../report.h"

#include <pthread.h>
#include <stdint.h>

static __thread int counter = 42;
static __thread char zeroed[1000];
static _Thread_local struct {
  char padding;
  double number;
} __attribute__((aligned(64))) aligned = {'p', 2.5};
__thread const char* text = "initial";
static __thread int* own_address = &(int){0};

static int* addresses[4];
static pthread_barrier_t barrier;

static void* work(void* argument) {
  int number = *(int*)argument;
  int zero = 1;
  for (unsigned i = 0; i < sizeof zeroed; i++) zero &= zeroed[i] == 0;
  int fresh = counter == 42 && zero && aligned.number == 2.5 && aligned.padding == 'p' &&
              strcmp(text, "initial") == 0 && (uintptr_t)&aligned % 64 == 0 && errno == 0;
  addresses[number] = &counter;
  pthread_barrier_wait(&barrier);
  for (int i = 0; i < 1000; i++) counter += number;
  memset(zeroed, number, sizeof zeroed);
  text = "changed";
  errno = number;
  pthread_barrier_wait(&barrier);
  int kept = counter == 42 + 1000 * number && zeroed[999] == number && errno == number;
  return (void*)(intptr_t)(fresh * 10 + kept);
}

int main(void) {
  pthread_t threads[4];
  int numbers[4];
  counter = 7;
  memset(zeroed, 'm', sizeof zeroed);
  pthread_barrier_init(&barrier, NULL, 4);
  // Twice: a thread that takes over another's stack begins with initial values too.
  for (int round = 0; round < 2; round++) {
    for (int i = 0; i < 4; i++) {
      numbers[i] = i;
      pthread_create(&threads[i], NULL, work, &numbers[i]);
    }
    for (int i = 0; i < 4; i++) {
      void* result;
      pthread_join(threads[i], &result);
      printf("%d\n", (int)(intptr_t)result);
    }
    int different = 1;
    for (int i = 0; i < 4; i++) {
      for (int k = 0; k < i; k++) different &= addresses[i] != addresses[k];
      different &= addresses[i] != &counter;
    }
    printf("different addresses: %d\n", different);
  }
  printf("main: %d %c %s\n", counter, zeroed[5], text);
  return 0;
}
