// How a parent sees children that fault: null pointers, read-only memory, division by zero, abort,
// recursion without end; and that the parent goes on.
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>

#include "process.h"

static volatile int zero;
static volatile int depth;

__attribute__((noinline)) static int recurse(int level) {
  volatile char frame[1000];
  frame[0] = (char)level;
  depth = level;
  return recurse(level + 1) + frame[0];
}

static void fault(int kind) {
  char* page = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  switch (kind) {
    case 0:
      *(volatile int*)(8l * zero) = 1;
      break;
    case 1:
      *(volatile char*)page = 1;
      break;
    case 2:
      zero = 10 / zero;
      break;
    case 3:
      zero = INT_MIN / (zero - 1);
      break;
    case 4:
      abort();
      break;
    case 5:
      zero = recurse(0);
      break;
    case 6:
      munmap(page, 4096), zero = *(volatile char*)page;
      break;
    case 7:
      signal(SIGABRT, SIG_IGN), abort();
      break;
  }
  _exit(0);
}

int main(void) {
  setvbuf(stdout, NULL, _IONBF, 0);
  const struct rlimit no_core = {0, 0};
  setrlimit(RLIMIT_CORE, &no_core);
  for (int kind = 0; kind < 8; ++kind) {
    const pid_t child = fork();
    if (child == 0) fault(kind);
    printf("%d: %s\n", kind, end_of(child));
  }
  // A grandchild's fault is its parent's to see.
  const pid_t child = fork();
  if (child == 0) {
    const pid_t grandchild = fork();
    if (grandchild == 0) fault(0);
    int status;
    waitpid(grandchild, &status, 0);
    _exit(WIFSIGNALED(status) ? WTERMSIG(status) : 0);
  }
  printf("grandchild: %s\n", end_of(child));
  return 0;
}
