// A binary tree of processes, each of which tells its parent the sum of its subtree through a pipe.
#include <stdlib.h>

#include "process.h"

static long sum_of_subtree(int depth, long number) {
  long sum = number;
  if (depth == 0) return sum;
  pid_t children[2];
  int ends[2][2];
  for (int i = 0; i < 2; ++i) {
    pipe(ends[i]);
    children[i] = fork();
    if (children[i] == 0) {
      const long own = sum_of_subtree(depth - 1, 2 * number + i);
      write(ends[i][1], &own, sizeof own);
      _exit(depth);
    }
    close(ends[i][1]);
  }
  for (int i = 0; i < 2; ++i) {
    long part = 0;
    int status = 0;
    if (read_fully(ends[i][0], &part, sizeof part) != sizeof part) abort();
    close(ends[i][0]);
    waitpid(children[i], &status, 0);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != depth) abort();
    sum += part;
  }
  return sum;
}

int main(void) {
  printf("a tree of 255 processes: %ld\n", sum_of_subtree(7, 1));
  return 0;
}
