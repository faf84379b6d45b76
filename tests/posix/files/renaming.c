// rename and renameat2: what replaces what.
#include "../report.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static void make(const char* name, const char* text) {
  int fd = open(name, O_CREAT | O_TRUNC | O_WRONLY, 0644);
  write(fd, text, strlen(text));
  close(fd);
}

static void show_file(const char* name) {
  char text[16];
  int fd = open(name, O_RDONLY);
  ssize_t size = fd < 0 ? -1 : read(fd, text, sizeof text);
  if (size < 0) {
    printf("%s: %s\n", name, strerrorname_np(errno));
  } else {
    report_bytes(name, text, size);
  }
  if (fd >= 0) close(fd);
}

int main(void) {
  make("a", "a");
  make("b", "b");
  SHOW(rename("a", "b"));
  show_file("a");
  show_file("b");
  SHOW(rename("b", "b"));
  SHOW(link("b", "same"));
  SHOW(rename("b", "same"));
  show_file("b");
  SHOW(rename("missing", "x"));
  SHOW(rename("", "x"));
  SHOW(rename("b", ""));
  SHOW(rename("b", "missing/x"));
  SHOW(rename("b", "same/x"));

  mkdir("d", 0755);
  mkdir("e", 0755);
  mkdir("d/in", 0755);
  SHOW(rename("b", "d"));
  SHOW(rename("d", "b"));
  SHOW(rename("e", "d"));
  SHOW(rename("d", "e"));
  SHOW(rename("e", "e/in/x"));
  SHOW(rename("e", "e/in"));
  SHOW(rename("e/in", "e"));
  SHOW(rename(".", "x"));
  SHOW(rename("e/..", "x"));
  SHOW(rename("e", "."));
  SHOW(rename("e/", "f"));
  SHOW(rename("f", "g/"));
  SHOW(rename("b", "c/"));
  SHOW(rename("b/", "c"));
  // Links are renamed, not followed.
  symlink("g", "link");
  SHOW(rename("link", "renamed"));
  SHOW(rename("renamed/", "x"));
  SHOW(rename("b", "renamed"));
  show_file("renamed");

  make("one", "1");
  make("two", "2");
  SHOW(renameat2(AT_FDCWD, "one", AT_FDCWD, "two", RENAME_NOREPLACE));
  SHOW(renameat2(AT_FDCWD, "one", AT_FDCWD, "three", RENAME_NOREPLACE));
  SHOW(renameat2(AT_FDCWD, "two", AT_FDCWD, "three", RENAME_EXCHANGE));
  show_file("two");
  show_file("three");
  SHOW(renameat2(AT_FDCWD, "two", AT_FDCWD, "g", RENAME_EXCHANGE));
  show_file("g");
  struct stat status;
  SHOW(stat("two/in", &status));
  SHOW(renameat2(AT_FDCWD, "three", AT_FDCWD, "missing", RENAME_EXCHANGE));
  SHOW(renameat2(AT_FDCWD, "three", AT_FDCWD, "x", RENAME_EXCHANGE | RENAME_NOREPLACE));
  SHOW(renameat2(AT_FDCWD, "three", AT_FDCWD, "x", 0x100));
  return 0;
}
