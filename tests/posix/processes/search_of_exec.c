// execvp and execlp: the directories of PATH in order, what is skipped, which error is told, and
// files that are no programs, which /bin/sh runs.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "process.h"

static void make_file(const char* name, const char* text, mode_t mode) {
  const int file = open(name, O_WRONLY | O_CREAT, 0600);
  write(file, text, strlen(text));
  fchmod(file, mode);
  close(file);
}

static void run(const char* path, const char* name) {
  fflush(stdout);
  if (path) setenv("PATH", path, 1);
  if (!path) unsetenv("PATH");
  const pid_t child = fork();
  if (child == 0) {
    execlp(name, name, "argument", (char*)NULL);
    printf("%s in %s: %s\n", name, path, strerror(errno));
    exit(0);
  }
  const char* end = end_of(child);
  if (strcmp(end, "exit 0") != 0) printf("%s in %s: %s\n", name, path, end);
}

int main(int argc, char** argv) {
  if (argc > 1) return strcmp(argv[0], "second") == 0 ? 12 : 11;
  mkdir("a", 0755);
  mkdir("b", 0755);
  mkdir("c", 0755);
  symlink(own_path(), "b/program");
  symlink(own_path(), "c/program");
  symlink(own_path(), "c/second");
  symlink(own_path(), "here");
  make_file("a/program", "not executable", 0644);
  make_file("a/script", "exit 23\n", 0755);
  make_file("a/first", "echo shell: $0 $1\nexit 24\n", 0755);
  mkdir("a/second", 0755);
  make_file("a/only", "x", 0600);
  run("a:b", "program");
  run("a:c:b", "second");
  run("nowhere:a/script:c", "second");
  run("a", "script");
  run("a", "first");
  run("a:b", "missing");
  run("a:b", "only");
  run("", "here");
  run("b:", "here");
  run(":b", "program");
  run("b", "here");
  run("b", "./here");
  run("b", "a/only");
  run("b", "");
  run(NULL, "program");
  return 0;
}
