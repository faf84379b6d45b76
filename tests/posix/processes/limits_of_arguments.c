// A string of 128 KiB is too long for exec, one that is a byte shorter is not; so much text in all
// is too much; the caller goes on after the errors.
#include <errno.h>
#include <stdlib.h>

#include "process.h"

static void run(const char* what, char** arguments, char** environment) {
  int ends[2];
  pipe(ends);
  const pid_t child = fork();
  if (child == 0) {
    execve(own_path(), arguments, environment);
    dprintf(ends[1], "%s", strerror(errno));
    _exit(1);
  }
  close(ends[1]);
  char text[100] = "";
  read_fully(ends[0], text, sizeof text - 1);
  printf("%s: %s %s\n", what, end_of(child), text);
  close(ends[0]);
}

int main(int argc, char** argv) {
  if (argc > 1) return strlen(argv[1]) == 131071 ? 3 : argc > 1000 ? 4 : 5;
  setvbuf(stdout, NULL, _IONBF, 0);
  char* nothing[] = {NULL};
  char* large = malloc(131073);
  memset(large, 'x', 131072);
  large[131072] = '\0';
  run("too long", (char*[]){"self", large, NULL}, nothing);
  run("too long a variable", (char*[]){"self", "x", NULL}, (char*[]){large, NULL});
  large[131071] = '\0';
  run("just short enough", (char*[]){"self", large, NULL}, nothing);
  char** many = calloc(20002, sizeof *many);
  many[0] = "self";
  for (int i = 1; i <= 20000; ++i) many[i] = "short";
  run("20,000 short ones", many, nothing);
  for (int i = 1; i <= 64; ++i) many[i] = large;
  run("8 MiB in all", many, nothing);
  run("8 MiB of variables", (char*[]){"self", "x", NULL}, many);
  return 0;
}
