// user.* attributes: set, replace, list, remove, and buffers that are too small.
#include "../report.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/xattr.h>
#include <unistd.h>

static int compare(const void* a, const void* b) {
  return strcmp(*(char* const*)a, *(char* const*)b);
}

static void list(const char* path) {
  char names[512];
  ssize_t size = listxattr(path, names, sizeof names);
  char* sorted[16];
  int count = 0;
  for (ssize_t at = 0; at < size; at += strlen(names + at) + 1) {
    if (strncmp(names + at, "user.", 5) == 0) sorted[count++] = names + at;
  }
  qsort(sorted, count, sizeof sorted[0], compare);
  printf("%d:", count);
  for (int i = 0; i < count; i++) printf(" %s", sorted[i]);
  puts("");
}

int main(void) {
  char value[64];
  int fd = open("file", O_CREAT | O_RDWR, 0644);
  symlink("file", "link");
  SHOW(getxattr("file", "user.missing", value, sizeof value));
  SHOW(setxattr("file", "user.one", "first", 5, 0));
  SHOW(setxattr("file", "user.one", "second", 6, XATTR_CREATE));
  SHOW(setxattr("file", "user.one", "second", 6, XATTR_REPLACE));
  SHOW(setxattr("file", "user.two", "", 0, XATTR_REPLACE));
  SHOW(setxattr("file", "user.two", "", 0, XATTR_CREATE));
  SHOW(fsetxattr(fd, "user.binary", "\0\1\2", 3, 0));
  SHOW(setxattr("link", "user.through-link", "x", 1, 0));
  list("file");
  SHOW(getxattr("file", "user.one", value, sizeof value));
  report_bytes("one", value, 6);
  SHOW(getxattr("file", "user.one", value, 0));
  SHOW(getxattr("file", "user.one", value, 3));
  SHOW(getxattr("file", "user.two", value, sizeof value));
  SHOW(fgetxattr(fd, "user.binary", value, sizeof value));
  report_bytes("binary", value, 3);
  SHOW(listxattr("file", NULL, 0) > 40);
  SHOW(listxattr("file", value, 3));
  SHOW(lgetxattr("link", "user.one", value, sizeof value));
  SHOW(lsetxattr("link", "user.one", "x", 1, 0));
  SHOW(removexattr("file", "user.one"));
  SHOW(removexattr("file", "user.one"));
  SHOW(fremovexattr(fd, "user.two"));
  list("link");
  SHOW(setxattr("file", "nonsense", "x", 1, 0));
  SHOW(setxattr("file", "unknown.space", "x", 1, 0));
  SHOW(setxattr("file", "user.", "x", 1, 0));
  SHOW(setxattr("file", "", "x", 1, 0));
  SHOW(setxattr("file", "user.flags", "x", 1, 8));
  SHOW(setxattr("missing", "user.x", "x", 1, 0));
  SHOW(fsetxattr(-1, "user.x", "x", 1, 0));
  char name[300];
  memset(name, 'n', sizeof name);
  memcpy(name, "user.", 5);
  name[256] = 0;
  SHOW(setxattr("file", name, "x", 1, 0));
  name[255] = 0;
  SHOW(setxattr("file", name, "x", 1, 0));
  SHOW(setxattr("file", "user.large", (char*)malloc(70000), 70000, 0));
  return 0;
}
