// What a program dies of when it touches memory that it must not: the exit code is a signal's.
#include "../report.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { kPage = 4096 };

static volatile char* area;
static volatile int result;

static void read_null(void) { (void)*(volatile char*)NULL; }
static void write_null(void) { *(volatile int*)16 = 1; }
static void read_unmapped(void) {
  munmap((void*)area, kPage);
  (void)*area;
}
static void write_read_only(void) {
  mprotect((void*)area, kPage, PROT_READ);
  (void)*area;
  *area = 1;
}
static void read_without_access(void) {
  mprotect((void*)area, kPage, PROT_NONE);
  (void)*area;
}
static void abort_it(void) { abort(); }
static void divide(void) {
  volatile int zero = 0;
  result = 1 / zero;
}
static void divide_least(void) {
  volatile int least = -2147483647 - 1, minus = -1;
  result = least % minus + least / minus;
}
static void write_behind_break(void) { *((volatile char*)sbrk(0) + (64 << 20)) = 1; }
static void nothing(void) {}

int main(void) {
  static const struct {
    const char* name;
    void (*act)(void);
  } cases[] = {{"read null", read_null},
               {"write null", write_null},
               {"read unmapped", read_unmapped},
               {"write read-only", write_read_only},
               {"read without access", read_without_access},
               {"abort", abort_it},
               {"divide", divide},
               {"divide the least", divide_least},
               {"write behind the break", write_behind_break},
               {"nothing", nothing}};
  area = mmap(0, kPage, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
      cases[i].act();
      _exit(7);
    }
    int status;
    waitpid(child, &status, 0);
    printf("%s: ", cases[i].name);
    if (WIFSIGNALED(status)) {
      printf("SIG%s\n", sigabbrev_np(WTERMSIG(status)));
    } else {
      printf("%d\n", WEXITSTATUS(status));
    }
  }
  return 0;
}
