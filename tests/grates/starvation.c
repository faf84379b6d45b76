/* A caller that has next to no native stack left cannot starve the grate that answers its calls: a
   handler that needs much more than the caller has, works, whatever the depth it is called from.
   Deeper than that the caller ends, and the grate goes on.

   Grate and caller are this program.  */
#include <linden/grate.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define ANSWER 4711
#define HANDLER_DEPTH 40000 /* frames; well over a megabyte */

/* Nothing that a compiler could make a loop of, and no stack in linear memory.  */
static uint32_t sum_to(uint32_t n, uint32_t factor) {
  return n == 0 ? factor : sum_to(n - 1, factor * 3 + n) * factor + n;
}

static long long answer(struct grate_call* call) {
  volatile uint32_t depth = HANDLER_DEPTH;
  const uint32_t once = sum_to(depth, (uint32_t)call->number | 1);
  return once == sum_to(depth, (uint32_t)call->number | 1) ? ANSWER : -1;
}

static struct record {
  volatile unsigned calls, wrong;
}* record;
static volatile unsigned step = 1;

/* Calls now and then on the way, and at every frame from `dense` on.  */
static uint32_t descend(uint32_t depth, uint32_t dense, uint32_t factor) {
  if (step == 0) return factor;
  if (depth % 5000 == 0 || depth >= dense) {
    if (syscall(SYS_getppid) != ANSWER) record->wrong++;
    record->calls++;
  }
  volatile uint32_t* const reached = (volatile uint32_t*)(record + 1);
  *reached = depth;
  return descend(depth + step, dense, factor * 3 + depth) * factor + depth;
}

static int fall(uint32_t dense) {
  *(volatile uint32_t*)(record + 1) = 0;
  fflush(NULL);
  const pid_t child = fork();
  if (child == 0) _exit((int)descend(1, dense, 1));
  int status;
  if (waitpid(child, &status, 0) != child || !WIFSIGNALED(status)) {
    printf("the caller did not overflow its stack: status %#x\n", status);
    return -1;
  }
  return (int)*(volatile uint32_t*)(record + 1);
}

static int call_from_everywhere(void) {
  record = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (record == MAP_FAILED) return 2;
  const int deepest = fall(UINT32_MAX);
  /* The last frames before the end, one by one.  */
  if (deepest < 0 || fall((uint32_t)deepest - 50) < 0) return 1;
  if (record->calls < 40 || record->wrong != 0) {
    printf("%u of %u calls were not answered by the grate\n", record->wrong, record->calls);
    return 1;
  }
  puts("all calls were answered by the grate");
  return 0;
}

int main(int argc, char** argv) {
  if (argc > 1 && strcmp(argv[1], "caller") == 0) return call_from_everywhere();
  char* const caller[] = {argv[0], (char*)"caller", NULL};
  if (grate_handle("getppid", answer) != 0) return 2;
  return grate_run(caller);
}
