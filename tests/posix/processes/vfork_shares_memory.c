// vfork: the child runs in the parent's memory, the parent waits until it ends or begins a program.
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>

#include "process.h"

static volatile int value;
static char text[100];

int main(int argc, char** argv) {
  if (argc > 1) {
    usleep(50000);
    return 8;
  }
  setvbuf(stdout, NULL, _IONBF, 0);
  char* allocated = malloc(100);
  const pid_t parent = getpid();
  pid_t child = vfork();
  if (child == 0) {
    value = 5;
    strcpy(text, "from the child");
    strcpy(allocated, "and here");
    const int is_other = getpid() != parent && getppid() == parent;
    close(2);  // descriptors are the child's own
    _exit(is_other ? 3 : 4);
  }
  printf("%d %s %s, 2 is open %d\n", value, text, allocated, fcntl(2, F_GETFD) >= 0);
  printf("%s\n", end_of(child));
  child = vfork();
  if (child == 0) {
    execl("missing", "missing", (char*)NULL);
    value = 6;
    execl(own_path(), argv[0], "child", (char*)NULL);
    _exit(1);
  }
  int status = 0;
  printf("%d, still running %d\n", value, waitpid(child, &status, WNOHANG) == 0);
  printf("%s\n", end_of(child));

  // One that is killed lets its parent go on, too.
  child = vfork();
  if (child == 0) {
    value = 7;
    kill(getpid(), SIGKILL);
  }
  printf("%d\n", value);
  printf("%s\n", end_of(child));
  int sum = 0;
  for (int i = 0; i < 1000; ++i) {
    child = vfork();
    if (child == 0) {
      value = i;
      _exit(0);
    }
    sum += value;
    waitpid(child, NULL, 0);
  }
  printf("%d\n", sum);
  return 0;
}
