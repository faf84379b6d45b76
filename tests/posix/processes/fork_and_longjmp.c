// setjmp before fork, longjmp after it, in the child, in the parent, and across many frames.
#include <setjmp.h>
#include <stdlib.h>

#include "process.h"

static jmp_buf outer, inner;

__attribute__((noinline)) static void jump_from(int depth, int value) {
  char padding[64];
  snprintf(padding, sizeof padding, "%d", depth);
  if (depth == 0) longjmp(outer, value);
  jump_from(depth - 1, value);
  if (padding[0] == 'x') abort();
}

int main(void) {
  setvbuf(stdout, NULL, _IONBF, 0);
  volatile pid_t child = -1;
  volatile int round = 0;
  const int came = setjmp(outer);
  if (came == 0) {
    child = fork();
    if (child == 0) jump_from(50, 7);
    printf("parent: %s\n", end_of(child));
  } else {
    printf("child came back with %d\n", came);
    _exit(came);
  }

  // fork between two buffers; the child leaves by the inner one and then by the outer one.
  const int second = setjmp(outer);
  if (second == 0) {
    if (setjmp(inner) == 0) {
      child = fork();
      if (child == 0) longjmp(inner, 1);
      printf("parent: %s\n", end_of(child));
    } else {
      ++round;
      jump_from(3, 20 + round);
    }
  } else {
    printf("child left both with %d\n", second);
    _exit(second);
  }

  // A buffer that is used again and again, by children of children.
  volatile int generation = 0;
  volatile int code = setjmp(outer);
  if (generation == 5) _exit(code);
  ++generation;
  child = fork();
  if (child == 0) jump_from(generation, generation * 10);
  printf("generation %d: %s\n", generation, end_of(child));
  return code;
}
