// chdir, fchdir and getcwd, also where the directory moves or goes.
#include "../report.h"

#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static char top[PATH_MAX];

static void show_where(void) {
  char path[PATH_MAX];
  if (getcwd(path, sizeof path) == NULL) {
    puts(strerrorname_np(errno));
  } else {
    printf("in %s\n", strncmp(path, top, strlen(top)) == 0 ? path + strlen(top) : path);
  }
}

int main(void) {
  char small[4];
  SHOW_POINTER(getcwd(top, sizeof top));
  mkdir("a", 0755);
  mkdir("a/b", 0755);
  symlink("a/b", "link");
  close(creat("file", 0644));
  SHOW(chdir("a/./b/../b"));
  show_where();
  SHOW(chdir("../.."));
  SHOW(chdir("link"));
  show_where();
  SHOW(chdir(".."));
  show_where();
  SHOW(chdir(top));
  SHOW(chdir("file"));
  SHOW(chdir("missing"));
  SHOW(chdir(""));
  SHOW(chdir((char*)8));
  SHOW_POINTER(getcwd(small, sizeof small));
  SHOW_POINTER(getcwd(small, 0));
  char* allocated = getcwd(NULL, 0);
  SHOW(strcmp(allocated, top));
  char* current = get_current_dir_name();
  SHOW(strcmp(current, top));
  SHOW_POINTER(getcwd(NULL, 2));

  int here = open(".", O_RDONLY), file = open("file", O_RDONLY);
  SHOW(chdir("a/b"));
  SHOW(rename("../../a", "../../c"));
  show_where();
  SHOW(rename(".", "../x"));
  SHOW(rename("../b", "../d"));
  show_where();
  SHOW(access("../../file", F_OK));
  SHOW(rmdir("../d"));
  show_where();
  SHOW(chdir("."));
  SHOW(chdir(".."));
  show_where();
  SHOW(fchdir(here));
  show_where();
  SHOW(fchdir(file));
  SHOW(fchdir(-1));
  SHOW(fchdir(open("c", O_PATH)));
  show_where();
  SHOW(chdir("/"));
  SHOW(chdir(".."));
  show_where();
  SHOW(chdir("/dev"));
  show_where();
  SHOW(chdir("//tmp//.//"));
  show_where();
  return 0;
}
