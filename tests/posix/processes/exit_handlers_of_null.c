// Registering no function at all is an error that is found at once.
#include <signal.h>
#include <stdlib.h>

#include "process.h"

// The compiler knows that they are not called so.
static int (*volatile at_exit)(void (*)(void)) = atexit;
static int (*volatile at_quick_exit_)(void (*)(void)) = at_quick_exit;

int main(void) {
  pid_t child = fork();
  if (child == 0) {
    at_exit(NULL);
    _exit(1);
  }
  printf("atexit: %s\n", end_of(child));
  child = fork();
  if (child == 0) {
    at_quick_exit_(NULL);
    _exit(1);
  }
  printf("at_quick_exit: %s\n", end_of(child));
  return 0;
}
