// Link counts, and what may be linked.
#include "../report.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static void show_links(const char* name) {
  struct stat status;
  if (lstat(name, &status) != 0) {
    printf("%s: %s\n", name, strerrorname_np(errno));
  } else {
    printf("%s: %d links, %s\n", name, (int)status.st_nlink,
           S_ISLNK(status.st_mode) ? "a symbolic one" : "a file");
  }
}

int main(void) {
  int fd = open("file", O_CREAT | O_RDWR, 0644);
  write(fd, "text", 4);
  SHOW(link("file", "second"));
  show_links("file");
  SHOW(link("file", "second"));
  SHOW(link("file", "file"));
  SHOW(link("missing", "third"));
  SHOW(link("file", "missing/third"));
  SHOW(link("file", "second/third"));
  SHOW(link("file", ""));
  SHOW(link("", "third"));
  SHOW(link("file", "third/"));
  SHOW(link("file/", "third"));
  SHOW(mkdir("directory", 0755));
  SHOW(link("directory", "third"));
  SHOW(link("file", "directory"));
  SHOW(link("file", "directory/in"));
  show_links("file");

  SHOW(symlink("file", "link"));
  SHOW(link("link", "link-linked"));
  show_links("link-linked");
  SHOW(linkat(AT_FDCWD, "link", AT_FDCWD, "file-linked", AT_SYMLINK_FOLLOW));
  show_links("file-linked");
  SHOW(symlink("nowhere", "dangling"));
  SHOW(link("dangling", "dangling-linked"));
  SHOW(linkat(AT_FDCWD, "dangling", AT_FDCWD, "x", AT_SYMLINK_FOLLOW));
  SHOW(link("file", "dangling"));
  SHOW(linkat(AT_FDCWD, "file", AT_FDCWD, "x", 0x40));

  // All names are equal.
  SHOW(unlink("file"));
  show_links("second");
  char text[8];
  int second = open("second", O_RDONLY);
  SHOW(read(second, text, sizeof text));
  SHOW(unlink("second"));
  SHOW(unlink("directory/in"));
  SHOW(unlink("file-linked"));
  struct stat status;
  SHOW(fstat(fd, &status));
  printf("links of an open file without names: %d\n", (int)status.st_nlink);
  SHOW(pwrite(fd, "TEXT", 4, 0));
  SHOW(pread(second, text, sizeof text, 0));
  report_bytes("through the other descriptor", text, 4);
  char name[64];
  snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
  SHOW(linkat(AT_FDCWD, name, AT_FDCWD, "revived", AT_SYMLINK_FOLLOW));
  return 0;
}
