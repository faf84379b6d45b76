// What runs at the end: atexit's handlers in the opposite order, those of quick_exit only there,
// nothing with _exit; children have their parent's handlers, programs begun by exec have none.
#define _GNU_SOURCE
#include <stdlib.h>

#include "process.h"

static void first(void) { printf("[first]"); }
static void second(void) { printf("[second]"); }
static void third(void) {
  printf("[third]");
  atexit(first);
}
static void quick(void) {
  printf("[quick]");
  fflush(stdout);
}
static void with_status(int status, void* argument) { printf("[%d %s]", status, (char*)argument); }
__attribute__((destructor)) static void at_end(void) { printf("[destructor]\n"); }

int main(int argc, char** argv) {
  if (argc > 1) {
    printf("in a program: ");
    return 3;
  }
  atexit(first);
  atexit(second);
  at_quick_exit(quick);
  on_exit(with_status, "argument");
  for (int way = 0; way < 7; ++way) {
    fflush(stdout);
    const pid_t child = fork();
    if (child == 0) {
      printf("%d: ", way);
      switch (way) {
        case 0:
          exit(4);
        case 1:
          fflush(stdout);
          _exit(5);
        case 2:
          quick_exit(6);
        case 3:
          atexit(third);
          return 7;
        case 4:
          fflush(stdout);
          _Exit(8);
        case 5:
          fflush(stdout);
          execl(own_path(), argv[0], "program", (char*)NULL);
          _exit(1);
        case 6:
          fflush(stdout);
          vfork() == 0 ? _exit(0) : exit(9);
      }
    }
    const char* end = end_of(child);
    printf("%s%s\n", way == 1 || way == 2 || way == 4 ? "\n" : "", end);
  }
  fflush(stdout);
  _exit(0);
}
