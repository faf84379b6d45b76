// What stdio has not written yet is written by both processes that end with exit, once after
// fflush, and by none that end with _exit; what was read ahead is both processes' own.
#include <stdlib.h>

#include "process.h"

static void show(const char* what) {
  char text[200] = "";
  FILE* file = fopen("out", "r");
  const size_t size = fread(text, 1, sizeof text - 1, file);
  text[size] = '\0';
  fclose(file);
  dprintf(1, "%s: %s\n", what, text);
}

int main(void) {
  for (int way = 0; way < 4; ++way) {
    FILE* file = fopen("out", "w");
    fprintf(file, "[before]");
    if (way == 1) fflush(file);
    pid_t child = fork();
    if (child == 0) {
      fprintf(file, "[child]");
      if (way == 2) _exit(0);
      if (way == 3) fclose(file), _exit(0);
      exit(0);
    }
    end_of(child);
    fprintf(file, "[parent]");
    fclose(file);
    const char* names[] = {"buffered", "flushed", "_exit", "closed in the child"};
    show(names[way]);
  }
  FILE* input = fopen("in", "w");
  for (int i = 0; i < 1000; ++i) fprintf(input, "line %d\n", i);
  fclose(input);
  input = fopen("in", "r");
  char line[100];
  fgets(line, sizeof line, input);
  const pid_t child = fork();
  if (child == 0) {
    fgets(line, sizeof line, input);
    _exit(strcmp(line, "line 1\n") != 0);
  }
  dprintf(1, "%s, ", end_of(child));
  fgets(line, sizeof line, input);
  dprintf(1, "here %s", line);
  return 0;
}
