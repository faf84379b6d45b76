// Making, reading and following symbolic links: sizes, loops, limits.
#include "../report.h"

#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

int main(void) {
  char text[PATH_MAX + 2];
  struct stat status;
  SHOW(symlink("target", "link"));
  SHOW(symlink("target", "link"));
  SHOW(symlink("", "empty"));
  SHOW(symlink("x", ""));
  SHOW(symlink("x", "missing/link"));
  SHOW(symlink("x", "new/"));
  SHOW(symlink("x", "."));
  memset(text, 'q', sizeof text);
  SHOW(readlink("link", text, sizeof text));
  report_bytes("not terminated", text, 8);
  SHOW(readlink("link", text, 3));
  SHOW(readlink("link", text, 0));
  SHOW(readlink("link", text, -1));
  SHOW(readlink(".", text, sizeof text));
  SHOW(readlink("missing", text, sizeof text));
  SHOW(readlink("link/", text, sizeof text));
  SHOW(readlink("link", (char*)8, 6));
  SHOW(lstat("link", &status));
  SHOW(status.st_size);

  // The longest target, and one longer.
  memset(text, 'x', sizeof text);
  text[PATH_MAX - 1] = 0;
  SHOW(symlink(text, "longest"));
  SHOW(readlink("longest", text, sizeof text));
  SHOW_OPEN(open("longest", O_RDONLY));
  memset(text, 'x', sizeof text);
  text[PATH_MAX] = 0;
  SHOW(symlink(text, "too-long"));

  SHOW(symlink("loop-b", "loop-a"));
  SHOW(symlink("loop-a", "loop-b"));
  SHOW(stat("loop-a", &status));
  SHOW(stat("loop-a/below", &status));
  SHOW_OPEN(open("loop-a", O_CREAT | O_WRONLY, 0644));
  SHOW(symlink("self/self", "self"));
  SHOW(stat("self", &status));

  // Forty links in one walk are allowed.
  close(creat("link-0", 0644));
  for (int i = 1; i <= 42; i++) {
    char from[16], to[16];
    snprintf(from, sizeof from, "link-%d", i - 1);
    snprintf(to, sizeof to, "link-%d", i);
    symlink(from, to);
  }
  SHOW(stat("link-40", &status));
  SHOW(stat("link-41", &status));
  SHOW(symlink(".", "here"));
  SHOW(stat("here/here/here/link-36", &status));
  SHOW(stat("here/here/here/here/link-37", &status));

  mkdir("d", 0755);
  symlink("../link-0", "d/up");
  symlink("d/../d/./up", "around");
  SHOW(stat("around", &status));
  symlink("d/", "slash");
  SHOW(lstat("slash/up", &status));
  SHOW(lstat("slash/", &status));
  printf("the directory: %d\n", S_ISDIR(status.st_mode));
  symlink("link-0/", "file-slash");
  SHOW(stat("file-slash", &status));
  return 0;
}
