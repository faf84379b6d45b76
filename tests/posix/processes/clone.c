// clone with a function, as a program calls it: a process, with and without the last arguments.
#define _GNU_SOURCE
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static int child(void* argument) { return *(int*)argument + (getppid() != 1); }

int main(void) {
  enum { kStack = 65536 };
  char* stack = malloc(kStack);
  int value = 41, status = 0;
  pid_t id = clone(child, stack + kStack, SIGCHLD, &value);
  printf("%d, ", waitpid(id, &status, 0) == id);
  printf("exit %d\n", WEXITSTATUS(status));
  pid_t told = 0;
  id = clone(child, stack + kStack, CLONE_PARENT_SETTID | SIGCHLD, &value, &told, NULL, NULL);
  printf("%d, %d, ", told == id, waitpid(id, &status, 0) == id);
  printf("exit %d\n", WEXITSTATUS(status));
  id = clone(child, stack + kStack, CLONE_VM | CLONE_VFORK, &value);
  printf("%d, ", waitpid(id, &status, __WCLONE) == id);
  printf("exit %d\n", WEXITSTATUS(status));
  printf("no function: %d\n", clone(NULL, stack + kStack, SIGCHLD, NULL));
  printf("no stack: %d\n", clone(child, NULL, SIGCHLD, &value));
  return 0;
}
