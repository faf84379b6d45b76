// 1,000 children that live at the same time; all are told to go on at once, and each answers.
#include <stdlib.h>

#include "process.h"

enum { COUNT = 1000 };

int main(void) {
  int gate[2], ready[2], answers[2];
  pipe(gate);
  pipe(ready);
  pipe(answers);
  static pid_t children[COUNT];
  for (int i = 0; i < COUNT; ++i) {
    children[i] = fork();
    if (children[i] < 0) {
      perror("fork");
      return 1;
    }
    if (children[i] == 0) {
      char c;
      close(gate[1]);
      write(ready[1], "r", 1);
      read(gate[0], &c, 1);
      write(answers[1], &i, sizeof i);
      _exit(i % 200);
    }
  }
  static char all[COUNT];
  printf("ready: %zu\n", read_fully(ready[0], all, COUNT));
  close(gate[1]);
  static int seen[COUNT];
  long sum = 0;
  for (int i = 0; i < COUNT; ++i) {
    int number;
    read_fully(answers[0], &number, sizeof number);
    seen[number]++;
    sum += number;
  }
  int wrong = 0;
  for (int i = 0; i < COUNT; ++i) {
    int status = 0;
    waitpid(children[i], &status, 0);
    wrong += !WIFEXITED(status) || WEXITSTATUS(status) != i % 200 || seen[i] != 1;
  }
  printf("sum %ld, wrong %d\n", sum, wrong);
  return 0;
}
