// fexecve and execveat: a program by its descriptor, by a directory's, after its name has gone; a
// script by its descriptor; the errors.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "process.h"

extern char** environ;

static void run(const char* what, int directory, const char* path, int flags) {
  fflush(stdout);
  const pid_t child = fork();
  if (child == 0) {
    char* arguments[] = {"self", (char*)what, NULL};
    syscall(SYS_execveat, directory, path, arguments, environ, flags);
    printf("%s: %s\n", what, strerror(errno));
    exit(0);
  }
  const char* end = end_of(child);
  if (strcmp(end, "exit 0") != 0) printf("%s\n", end);
}

static void copy_program(const char* to) {
  static char bytes[1 << 16];
  const int from = open(own_path(), O_RDONLY), file = open(to, O_WRONLY | O_CREAT, 0755);
  ssize_t got;
  while ((got = read(from, bytes, sizeof bytes)) > 0) write(file, bytes, (size_t)got);
  close(from);
  close(file);
}

int main(int argc, char** argv) {
  if (argc > 1) {
    printf("%s: %d arguments\n", argv[1], argc);
    return 5;
  }
  mkdir("below", 0755);
  copy_program("below/copy");
  symlink("copy", "below/link");
  const int directory = open("below", O_RDONLY | O_DIRECTORY);
  const int program = open("below/copy", O_RDONLY | O_CLOEXEC);
  run("by directory", directory, "copy", 0);
  run("by link", directory, "link", 0);
  run("by link without following", directory, "link", AT_SYMLINK_NOFOLLOW);
  run("by descriptor", program, "", AT_EMPTY_PATH);
  run("without the flag", program, "", 0);
  run("absolute", -1, own_path(), 0);
  run("bad descriptor", 99, "copy", 0);
  run("bad descriptor alone", 99, "", AT_EMPTY_PATH);
  run("of a file", program, "copy", 0);
  run("missing", directory, "missing", 0);
  run("bad flag", directory, "copy", 0x40000000);
  run("a directory", directory, "", AT_EMPTY_PATH);
  unlink("below/copy");
  run("after its name has gone", program, "", AT_EMPTY_PATH);
  fflush(stdout);
  const pid_t child = fork();
  if (child == 0) {
    char* arguments[] = {"self", "by fexecve", NULL};
    fexecve(program, arguments, environ);
    _exit(1);
  }
  printf("%s\n", end_of(child));
  return 0;
}
