// fork deep in a recursion: every frame of the child has its values, in registers and in memory,
// and both processes return through all of them.
#include <stdint.h>

#include "process.h"

static int is_child;
static pid_t child;

__attribute__((noinline)) static uint64_t descend(int depth, uint64_t a, double b, char* text) {
  char own[32];
  snprintf(own, sizeof own, "%d:%llu", depth, (unsigned long long)a);
  uint64_t below;
  if (depth == 0) {
    child = fork();
    is_child = child == 0;
    below = 1;
  } else {
    below = descend(depth - 1, a * 6364136223846793005u + 1, b * 1.000001, own);
  }
  // All of these live across the fork.
  for (char* c = own; *c; ++c) below = below * 31 + (unsigned char)*c;
  for (char* c = text; *c; ++c) below = below * 31 + (unsigned char)*c;
  return below + a + (uint64_t)(b * 1000);
}

int main(void) {
  for (int depth = 10; depth <= 10000; depth *= 10) {
    int ends[2];
    pipe(ends);
    const uint64_t result = descend(depth, 1, 1.0, "top");
    if (is_child) {
      write(ends[1], &result, sizeof result);
      _exit(0);
    }
    uint64_t other = 0;
    read_fully(ends[0], &other, sizeof other);
    printf("depth %d: %llu, equal %d, %s\n", depth, (unsigned long long)result, other == result,
           end_of(child));
    close(ends[0]);
    close(ends[1]);
  }
  return 0;
}
