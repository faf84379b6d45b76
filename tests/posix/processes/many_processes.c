// Hundreds of processes at once, thousands one after the other.
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

enum { kAtOnce = 500, kInARow = 3000 };

int main(void) {
  setvbuf(stdout, NULL, _IONBF, 0);
  static pid_t children[kAtOnce];
  int ready[2];
  pipe(ready);
  for (int i = 0; i < kAtOnce; ++i) {
    children[i] = fork();
    if (children[i] < 0) {
      perror("fork");
      return 1;
    }
    if (children[i] == 0) {
      write(ready[1], "x", 1);
      for (;;) pause();
    }
  }
  char c;
  for (int i = 0; i < kAtOnce; ++i) read(ready[0], &c, 1);
  printf("%d at once\n", kAtOnce);
  int killed = 0, status;
  for (int i = 0; i < kAtOnce; ++i) kill(children[i], SIGTERM);
  for (int i = 0; i < kAtOnce; ++i) {
    killed += waitpid(children[i], &status, 0) == children[i] && WIFSIGNALED(status);
  }
  printf("%d killed\n", killed);

  int right = 0;
  for (int i = 0; i < kInARow; ++i) {
    pid_t child = i % 2 ? vfork() : fork();
    if (child == 0) _exit(i % 256);
    right += waitpid(child, &status, 0) == child && WEXITSTATUS(status) == i % 256;
  }
  printf("%d of %d\n", right, kInARow);

  // Eight that fork at the same time.
  for (int i = 0; i < 8; ++i) {
    if (fork() != 0) continue;
    int good = 0;
    for (int n = 0; n < 100; ++n) {
      pid_t child = fork();
      if (child == 0) _exit(0);
      good += waitpid(child, &status, 0) == child && status == 0;
    }
    _exit(good);
  }
  int sum = 0;
  while (wait(&status) > 0) sum += WEXITSTATUS(status);
  printf("%d by eight\n", sum);
  return 0;
}
