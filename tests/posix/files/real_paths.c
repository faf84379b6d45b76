// realpath: links, dots, what is missing, buffers.
#include "../report.h"

#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static char top[PATH_MAX];

static void show(const char* path) {
  char buffer[PATH_MAX];
  memset(buffer, 0, sizeof buffer);
  char* result = realpath(path, buffer);
  size_t length = strlen(top);
  printf("%s: ", path);
  if (result == NULL) printf("%s, got to ", strerrorname_np(errno));
  puts(strncmp(buffer, top, length) == 0 ? buffer + length : buffer);
}

int main(void) {
  getcwd(top, sizeof top);
  mkdir("a", 0755);
  mkdir("a/b", 0755);
  symlink("a/b", "link");
  symlink("../file", "a/up");
  symlink("loop", "loop");
  symlink("missing", "dangling");
  close(creat("file", 0644));
  show(".");
  show("a//b/./..");
  show("link");
  show("link/..");
  show("a/up");
  show("link/../up");
  show("file/");
  show("file/.");
  show("file/x");
  show("loop");
  show("dangling");
  show("a/missing/x");
  show("");
  show("/");
  show("/..//../dev/./null");
  char* allocated = realpath("a", NULL);
  printf("%s\n", allocated + strlen(top));
  free(allocated);
  allocated = canonicalize_file_name("link");
  printf("%s\n", allocated + strlen(top));
  SHOW_POINTER(realpath(NULL, NULL));
  char name[NAME_MAX + 2];
  memset(name, 'n', sizeof name);
  name[NAME_MAX + 1] = 0;
  SHOW_POINTER(realpath(name, NULL));
  return 0;
}
