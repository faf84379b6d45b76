// posix_spawn tells why a program can't be started, leaves no child behind, and posix_spawnp
// searches.
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "process.h"

extern char** environ;

static void try_path(const char* path, int searches) {
  pid_t child = -5;
  char* arguments[] = {"self", "child", NULL};
  const int error = searches ? posix_spawnp(&child, path, NULL, NULL, arguments, environ)
                             : posix_spawn(&child, path, NULL, NULL, arguments, environ);
  printf("%s: %s, ", *path == '/' ? "absolute" : path, strerror(error));
  if (error == 0) {
    puts(end_of(child));
  } else {
    printf("nobody %d\n", wait(NULL) == -1 && errno == ECHILD);
  }
}

static void make_file(const char* name, const char* text, mode_t mode) {
  const int file = open(name, O_WRONLY | O_CREAT, 0600);
  write(file, text, strlen(text));
  close(file);
  chmod(name, mode);
}

int main(int argc, char** argv) {
  if (argc > 1) return 6;
  make_file("text", "no program", 0755);
  make_file("unreadable", "x", 0600);
  make_file("script", "#!./missing-interpreter\n", 0755);
  mkdir("directory", 0755);
  try_path(own_path(), 0);
  try_path("missing", 0);
  try_path("text", 0);
  try_path("unreadable", 0);
  try_path("script", 0);
  try_path("directory", 0);
  try_path("text/below", 0);
  try_path("", 0);
  mkdir("path", 0755);
  symlink(own_path(), "path/found");
  setenv("PATH", "/nowhere:directory:path", 1);
  try_path("found", 1);
  try_path("not-found", 1);
  unsetenv("PATH");
  try_path("found", 1);
  return 0;
}
