// A program: WASI calls, arguments, the heap.
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int main(int argc, char** argv) {
  const char* name = argc > 1 ? argv[1] : "world";
  char* line = malloc(strlen(name) + 16);
  if (line == NULL) return 1;
  strcpy(line, "hello, ");
  strcat(line, name);
  strcat(line, "\n");
  write(1, line, strlen(line));
  free(line);
  return 0;
}
