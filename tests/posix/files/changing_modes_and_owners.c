// chmod and chown with all that they are given instead of a plain name.
#include "../report.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static void show(const char* name) {
  struct stat status;
  lstat(name, &status);
  printf("%s: %o %u:%u\n", name, (unsigned)status.st_mode & 01777, (unsigned)status.st_uid,
         (unsigned)status.st_gid);
}

int main(void) {
  umask(022);
  int fd = open("file", O_CREAT | O_RDWR, 0644);
  mkdir("directory", 0755);
  symlink("file", "link");
  symlink("missing", "dangling");
  SHOW(chmod("file", 0400));
  show("file");
  SHOW(chmod("link", 0123));
  show("file");
  SHOW(chmod("directory", 01777));
  show("directory");
  SHOW(fchmod(fd, 0));
  show("file");
  SHOW(write(fd, "still open", 10));
  SHOW(chmod("file", 0170777));
  show("file");
  SHOW(chmod("missing", 0600));
  SHOW(chmod("dangling", 0600));
  SHOW(chmod("", 0600));
  SHOW(chmod("file/", 0600));
  SHOW(fchmod(-1, 0600));
  SHOW(fchmodat(AT_FDCWD, "link", 0640, 0));
  show("file");
  SHOW(fchmodat(AT_FDCWD, "file", 0600, AT_SYMLINK_NOFOLLOW));
  show("file");
  SHOW(fchmodat(AT_FDCWD, "link", 0600, AT_SYMLINK_NOFOLLOW));
  SHOW(fchmodat(AT_FDCWD, "file", 0600, 0x40000));
  SHOW(lchmod("file", 0611));
  show("file");

  SHOW(chown("file", 1234, 4321));
  show("file");
  SHOW(chown("link", -1, 77));
  show("file");
  show("link");
  SHOW(lchown("link", 5, 6));
  show("link");
  show("file");
  SHOW(fchown(fd, 0, -1));
  show("file");
  SHOW(fchownat(fd, "", 9, 9, AT_EMPTY_PATH));
  show("file");
  SHOW(fchownat(AT_FDCWD, "dangling", 7, 8, AT_SYMLINK_NOFOLLOW));
  show("dangling");
  SHOW(fchownat(AT_FDCWD, "dangling", 7, 8, 0));
  SHOW(fchownat(AT_FDCWD, "file", 7, 8, 0x40000));
  SHOW(chown("missing", 0, 0));
  SHOW(chown("file", -1, -1));
  SHOW(fchown(-1, 0, 0));
  int path = open("file", O_PATH);
  SHOW(fchown(path, 0, 0));
  SHOW(fchmod(path, 0600));
  int ends[2];
  pipe(ends);
  SHOW(fchmod(ends[0], 0600));
  return 0;
}
