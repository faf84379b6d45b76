// The longest names and paths, and what lies deeper than a path can say.
#include "../report.h"

#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

int main(void) {
  char name[NAME_MAX + 2], path[PATH_MAX + 8];
  struct stat status;
  memset(name, 'n', sizeof name);
  name[NAME_MAX] = 0;
  SHOW(mkdir(name, 0755));
  SHOW(stat(name, &status));
  memset(name, 'n', sizeof name);
  name[NAME_MAX + 1] = 0;
  SHOW(mkdir(name, 0755));
  SHOW(stat(name, &status));
  SHOW_OPEN(open(name, O_CREAT | O_WRONLY, 0644));
  SHOW(unlink(name));
  SHOW(symlink(name, "to-long-name"));
  SHOW(stat("to-long-name", &status));

  // A path has at most PATH_MAX bytes, its NUL included.
  memset(path, '/', sizeof path);
  memcpy(path, ".", 1);
  path[PATH_MAX - 1] = 0;
  SHOW(stat(path, &status));
  path[PATH_MAX - 1] = '/';
  path[PATH_MAX] = 0;
  SHOW(stat(path, &status));
  SHOW_OPEN(open(path, O_RDONLY));
  SHOW(mkdir(path, 0700));
  SHOW(rename(path, "x"));
  SHOW(rename("x", path));
  SHOW(chdir(path));

  // Step by step one gets deeper than that.
  name[100] = 0;
  int depth = 0;
  for (; depth < 30; depth++) {
    if (mkdir(name, 0755) != 0 || chdir(name) != 0) break;
  }
  SHOW(depth);
  SHOW_OPEN(open("file", O_CREAT | O_WRONLY, 0644));
  SHOW(stat("file", &status));
  char* where = getcwd(NULL, 0);
  printf("the end of the path: %d\n",
         where != NULL && strcmp(where + strlen(where) - 100, name) == 0);
  SHOW(unlink("file"));
  for (; depth > 0; depth--) {
    if (chdir("..") != 0 || rmdir(name) != 0) break;
  }
  SHOW(depth);
  return 0;
}
