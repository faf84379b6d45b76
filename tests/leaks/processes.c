// Makes many processes, and says before and after that it is ready to be looked at.
//
//     processes forks|execs|alive COUNT
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void be_looked_at(const char* when) {
  printf("%s\n", when);
  fflush(stdout);
  char line[16];
  fgets(line, sizeof line, stdin);
}

static void forks(int count) {
  for (int i = 0; i < count; ++i) {
    const pid_t child = fork();
    if (child == 0) _exit(i % 7);
    int status = 0;
    if (waitpid(child, &status, 0) != child || WEXITSTATUS(status) != i % 7) exit(1);
  }
}

static void alive(int count) {
  int ends[2], ready[2];
  pipe(ends);
  pipe(ready);
  for (int i = 0; i < count; ++i) {
    const pid_t child = fork();
    if (child < 0) exit(1);
    if (child == 0) {
      char byte;
      close(ends[1]);
      write(ready[1], "r", 1);
      read(ends[0], &byte, 1);
      _exit(0);
    }
  }
  for (int i = 0; i < count; ++i) {
    char byte;
    if (read(ready[0], &byte, 1) != 1) exit(1);
  }
  be_looked_at("alive");
  close(ends[1]);
  for (int i = 0; i < count; ++i) {
    if (wait(NULL) < 0) exit(1);
  }
  close(ends[0]);
  close(ready[0]);
  close(ready[1]);
}

int main(int argc, char** argv) {
  const int count = argc > 2 ? atoi(argv[2]) : 0;
  char self[4096] = "";
  readlink("/proc/self/exe", self, sizeof self - 1);
  if (strcmp(argv[1], "execs") == 0 && argc == 4) {
    // Somewhere in the chain.
    if (count == 0) {
      be_looked_at("after");
      return 0;
    }
    char number[16];
    snprintf(number, sizeof number, "%d", count - 1);
    execl(self, self, "execs", number, "on", (char*)NULL);
    return 1;
  }
  // What is made once and kept is made before.
  forks(50);
  be_looked_at("before");
  if (strcmp(argv[1], "forks") == 0) {
    forks(count);
  } else if (strcmp(argv[1], "alive") == 0) {
    alive(count);
  } else {
    execl(self, self, "execs", argv[2], "on", (char*)NULL);
    return 1;
  }
  be_looked_at("after");
  return 0;
}
