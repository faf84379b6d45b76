// What a program gets from exec: arguments byte for byte, the environment or another, an empty
// argv.
#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>

#include "process.h"

extern char** environ;

static void report(int argc, char** argv) {
  unsigned hash = 0;
  for (int i = 1; i < argc; ++i) {
    for (const char* c = argv[i]; *c; ++c) hash = hash * 31 + (unsigned char)*c;
  }
  int variables = 0;
  while (environ[variables]) ++variables;
  printf("%d arguments, [%.10s], hash %u, end %d, %d variables, A=%s, program %s\n", argc,
         argc ? argv[0] : "", hash, argv[argc] == NULL, variables, getenv("A"),
         program_invocation_short_name);
}

static void run(char** arguments, char** environment) {
  fflush(stdout);
  const pid_t child = fork();
  if (child == 0) {
    execve(own_path(), arguments, environment);
    printf("%s\n", strerror(errno));
    exit(1);
  }
  printf("  %s\n", end_of(child));
}

int main(int argc, char** argv) {
  if (argc != 1 || strcmp(argv[0], "again") == 0 || argv[0][0] == '\0') {
    report(argc, argv);
    return argc & 0x7f;
  }
  char* nothing[] = {NULL};
  run((char*[]){"x", "a b", "", "tab\tnewline\n", "\x80\xff\x01", "'\"\\$", NULL}, nothing);
  run((char*[]){"again", NULL}, (char*[]){"A=1", "B=", "C", NULL});
  run((char*[]){"again", NULL}, (char*[]){"A=first", "A=second", NULL});
  run((char*[]){"/a/path/again", "x", NULL}, nothing);
  run((char*[]){"", "x", NULL}, (char*[]){"A=empty name", NULL});
  char** many = calloc(5001, sizeof *many);
  for (int i = 0; i < 5000; ++i) asprintf(&many[i], "argument %d", i);
  run(many, nothing);
  setenv("A", "inherited", 1);
  clearenv();
  setenv("A", "after clearenv", 1);
  setenv("LONG", memset(calloc(100001, 1), 'v', 100000), 1);
  fflush(stdout);
  const pid_t child = fork();
  if (child == 0) {
    execl(own_path(), "again", "of execl", (char*)NULL);
    _exit(1);
  }
  printf("  %s\n", end_of(child));
  return 0;
}
