// Exit handlers run in reverse order, buffers are flushed, and the code arrives.
#include <stdio.h>
#include <stdlib.h>

static void first(void) { printf("registered first\n"); }
static void second(void) { printf("registered second\n"); }

int main(void) {
  atexit(first);
  atexit(second);
  printf("not yet flushed ");
  exit(37);
}
