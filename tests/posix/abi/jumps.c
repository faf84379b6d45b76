// setjmp, longjmp and sigsetjmp: out of depth, values of volatile variables, masks, again and
// again.
#include "../report.h"

#include <setjmp.h>
#include <signal.h>
#include <stdlib.h>

static jmp_buf outer, inner;
static sigjmp_buf with_mask, without_mask;

static void descend(int depth, int value) {
  char frame[64];
  memset(frame, depth, sizeof frame);
  if (depth == 0) longjmp(outer, value);
  descend(depth - 1, value);
  puts(frame);
}

static int compare_and_leave(const void* a, const void* b) { longjmp(inner, 5); }

static void block(int how) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGUSR1);
  sigprocmask(how, &set, NULL);
}

static int is_blocked(void) {
  sigset_t set;
  sigprocmask(SIG_SETMASK, NULL, &set);
  return sigismember(&set, SIGUSR1);
}

int main(void) {
  volatile int rounds = 0;
  int value = setjmp(outer);
  printf("setjmp gave %d\n", value);
  rounds++;
  if (rounds == 1) descend(0, 7);
  if (rounds == 2) descend(100, 0);
  if (rounds == 3) descend(1000, -5);
  printf("rounds %d\n", rounds);

  switch (setjmp(inner)) {
    case 0: {
      int numbers[4] = {3, 1, 2, 0};
      qsort(numbers, 4, sizeof(int), compare_and_leave);
      puts("not reached");
      break;
    }
    case 5:
      puts("out of qsort");
      break;
    default:
      puts("wrong");
  }
  // Two buffers at once; the inner one is left for the outer one.
  volatile int stage = 0;
  if (setjmp(outer) == 0) {
    if (setjmp(inner) == 0) {
      stage = 1;
      longjmp(inner, 1);
    }
    stage += 10;
    longjmp(outer, 1);
  }
  printf("stage %d\n", stage);
  volatile long sum = 0;
  for (volatile int i = 0; i < 1000; i++) {
    int result = setjmp(inner);
    sum += result;
    if (result == 0) longjmp(inner, i + 1);
  }
  printf("sum %ld\n", sum);
  if (sigsetjmp(with_mask, 1) == 0) {
    block(SIG_BLOCK);
    siglongjmp(with_mask, 1);
  }
  printf("mask restored: %d\n", is_blocked());
  if (sigsetjmp(without_mask, 0) == 0) {
    block(SIG_BLOCK);
    siglongjmp(without_mask, 1);
  }
  printf("mask kept: %d\n", is_blocked());
  if (_setjmp(inner) == 0) _longjmp(inner, 1);
  if (!(setjmp(inner))) longjmp(inner, 2);
  puts("end");
  return 0;
}
