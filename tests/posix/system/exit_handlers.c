// atexit, on_exit, at_quick_exit, destructors: order, nesting, and what exit flushes.
#include "../report.h"

#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static int code;

static void nested(void) { puts("nested"); }
static void first(void) { puts("first"); }
static void second(void) {
  puts("second");
  atexit(nested);
}
static void with_status(int status, void* argument) {
  printf("status %d, %s\n", status, (char*)argument);
}
static void exits_again(void) {
  puts("exits again");
  exit(9);
}
static void quick(void) {
  puts("quick");
  fflush(stdout);
}
__attribute__((destructor)) static void destructor(void) { puts("destructor"); }
__attribute__((constructor)) static void constructor(void) { code = 5; }

static int in_child(void (*act)(void)) {
  fflush(stdout);
  if (fork() == 0) {
    act();
    return 1;
  }
  int status;
  wait(&status);
  printf("-> %d\n", WIFEXITED(status) ? WEXITSTATUS(status) : -1);
  return 0;
}

static void exit_plain(void) { exit(300); }
static void exit_twice(void) {
  atexit(exits_again);
  exit(1);
}
static void exit_at_once(void) {
  printf("not flushed");
  _exit(4);
}
static void exit_quickly(void) {
  at_quick_exit(quick);
  quick_exit(6);
}
static void return_many(void) {
  static int calls;
  for (int i = 0; i < 100; i++) on_exit(with_status, "many");
  exit(calls + 2);
}

int main(void) {
  SHOW(code);
  SHOW(atexit(first));
  SHOW(on_exit(with_status, "argument"));
  SHOW(atexit(second));
  if (in_child(exit_plain)) return 1;
  if (in_child(exit_twice)) return 1;
  if (in_child(exit_at_once)) return 1;
  if (in_child(exit_quickly)) return 1;
  if (in_child(return_many)) return 1;
  printf("no newline at the end");
  return 7;
}
