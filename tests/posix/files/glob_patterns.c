// glob over a tree: classes, hidden files, braces, tildes, flags, and errors.
#include "../report.h"

#include <fcntl.h>
#include <glob.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static glob_t found;

static void show(const char* pattern, int flags) {
  int result = glob(pattern, flags, NULL, &found);
  printf("%s: %d, %d found:", pattern, result, (int)found.gl_pathc);
  for (size_t i = 0; result == 0 && i < found.gl_pathc; i++) {
    printf(" %s", found.gl_pathv[i + ((flags & GLOB_DOOFFS) ? found.gl_offs : 0)]);
  }
  puts("");
}

int main(void) {
  const char* names[] = {"a.c", "b.c", "c.h", ".hidden.c", "x[1]", "back\\slash"};
  for (unsigned i = 0; i < sizeof names / sizeof names[0]; i++) close(creat(names[i], 0600));
  mkdir("d", 0755);
  mkdir("d/e", 0755);
  close(creat("d/e/deep.c", 0600));
  close(creat("d/f.c", 0600));
  symlink("missing", "dangling");
  show("*.c", 0);
  show("?.[ch]", 0);
  show("[!a].c", 0);
  show("[[:alpha:]].c", 0);
  show(".*.c", 0);
  show("*", GLOB_MARK);
  show("*", GLOB_ONLYDIR);
  show("*/*.c", 0);
  show("*/*/*.c", 0);
  show("d/*/", 0);
  show("x\\[1\\]", 0);
  show("back\\\\slash", 0);
  show("back\\slash", GLOB_NOESCAPE);
  show("nothing*", 0);
  show("nothing*", GLOB_NOCHECK);
  show("nothing", GLOB_NOMAGIC);
  show("dang*", 0);
  show("{a,c}.[ch]", GLOB_BRACE);
  show("{a,{b,c}}.*", GLOB_BRACE);
  show("{}", GLOB_BRACE);
  show("d/../a.c", 0);
  show("[", 0);
  show("*.c", GLOB_PERIOD);
  setenv("HOME", "/home/somebody", 1);
  show("~", GLOB_TILDE);
  show("~/x", GLOB_TILDE | GLOB_NOCHECK);
  show("~unknown-user/x", GLOB_TILDE_CHECK);
  globfree(&found);

  show("a.c", 0);
  show("c.h", GLOB_APPEND);
  show("*.c", GLOB_APPEND);
  globfree(&found);
  found.gl_offs = 2;
  show("*.h", GLOB_DOOFFS);
  printf("offsets: %d\n", found.gl_pathv[0] == NULL && found.gl_pathv[1] == NULL);
  globfree(&found);
  return 0;
}
