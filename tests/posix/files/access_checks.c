// access and faccessat for root: everything may be read and written, but not executed by anyone.
#include "../report.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

int main(void) {
  umask(0);
  close(open("plain", O_CREAT | O_WRONLY, 0644));
  close(open("executable", O_CREAT | O_WRONLY, 0010));
  close(open("nothing", O_CREAT | O_WRONLY, 0));
  mkdir("directory", 0);
  symlink("missing", "dangling");
  symlink("executable", "link");
  SHOW(access("plain", F_OK));
  SHOW(access("plain", R_OK | W_OK));
  SHOW(access("plain", X_OK));
  SHOW(access("executable", X_OK));
  SHOW(access("executable", R_OK | W_OK | X_OK));
  SHOW(access("nothing", R_OK | W_OK));
  SHOW(access("nothing", X_OK));
  SHOW(access("directory", R_OK | W_OK | X_OK));
  SHOW(access("link", X_OK));
  SHOW(access("dangling", F_OK));
  SHOW(access("missing", F_OK));
  SHOW(access("plain/x", F_OK));
  SHOW(access("", F_OK));
  SHOW(access("plain", 8));
  SHOW(access("missing", 8));
  SHOW(access("plain", -1));
  SHOW(faccessat(AT_FDCWD, "dangling", F_OK, AT_SYMLINK_NOFOLLOW));
  SHOW(faccessat(AT_FDCWD, "link", X_OK, AT_EACCESS));
  SHOW(faccessat(AT_FDCWD, "plain", X_OK, AT_EACCESS));
  SHOW(faccessat(AT_FDCWD, "plain", F_OK, 0x4000000));
  SHOW(euidaccess("executable", X_OK));
  SHOW(eaccess("plain", X_OK));
  int fd = open("plain", O_RDONLY);
  SHOW(faccessat(fd, "", R_OK, AT_EMPTY_PATH));
  SHOW(faccessat(fd, "plain", R_OK, 0));
  return 0;
}
