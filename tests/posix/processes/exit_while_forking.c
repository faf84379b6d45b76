// A process ends while its threads fork and start programs: it ends, all of its children do, and no
// child is lost between being made and being known.
#define _GNU_SOURCE
#include <pthread.h>
#include <stdatomic.h>
#include <sys/mman.h>

#include "process.h"

static atomic_int* forks;

static void* keep_forking(void* output) {
  for (;;) {
    const pid_t child = fork();
    if (child == 0) {
      ++*forks;
      _exit(0);
    }
    if (child > 0) waitpid(child, NULL, 0);
  }
  return output;
}
static void* keep_vforking(void* argument) {
  for (;;) {
    const pid_t child = vfork();
    if (child == 0) _exit(0);
    if (child > 0) waitpid(child, NULL, 0);
  }
  return argument;
}

int main(void) {
  forks = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  int wrong = 0;
  for (int round = 0; round < 25; ++round) {
    int ends[2];
    pipe(ends);
    const pid_t child = fork();
    if (child == 0) {
      pthread_t thread;
      for (int i = 0; i < 2; ++i) pthread_create(&thread, NULL, keep_forking, NULL);
      pthread_create(&thread, NULL, keep_vforking, NULL);
      usleep(2000 + 300 * round);
      _exit(round);
    }
    close(ends[1]);
    int status = 0;
    waitpid(child, &status, 0);
    wrong += status != round << 8;
    // The end of the pipe comes when the last process that inherited it has ended.
    char c;
    wrong += read(ends[0], &c, 1) != 0;
    close(ends[0]);
  }
  printf("%d wrong, some forked %d\n", wrong, *forks > 25);
  return 0;
}
