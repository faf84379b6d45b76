// The errors of mkdir, rmdir and unlink.
#include "../report.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

int main(void) {
  umask(022);
  SHOW(mkdir("d", 0755));
  SHOW(mkdir("d", 0755));
  SHOW(mkdir("d/", 0755));
  SHOW(mkdir("new/", 0755));
  SHOW(mkdir("new/.", 0755));
  SHOW(mkdir("other/.", 0755));
  SHOW(mkdir("d/..", 0755));
  SHOW(mkdir("/", 0755));
  SHOW(mkdir(".", 0755));
  SHOW(mkdir("", 0755));
  SHOW(mkdir("missing/d", 0755));
  close(creat("file", 0644));
  SHOW(mkdir("file", 0755));
  SHOW(mkdir("file/d", 0755));
  symlink("nowhere", "dangling");
  symlink("d", "link");
  SHOW(mkdir("dangling", 0755));
  SHOW(mkdir("dangling/", 0755));
  SHOW(mkdir("link/in", 0755));
  SHOW(mkdir((char*)8, 0755));

  SHOW(rmdir("d"));
  SHOW(rmdir("d/in/."));
  SHOW(rmdir("d/in/.."));
  SHOW(rmdir("."));
  SHOW(rmdir(".."));
  SHOW(rmdir("/"));
  SHOW(rmdir("file"));
  SHOW(rmdir("missing"));
  SHOW(rmdir(""));
  SHOW(rmdir("link"));
  SHOW(rmdir("link/"));
  SHOW(rmdir("link/in/"));

  SHOW(unlink("d"));
  SHOW(unlink("d/"));
  SHOW(unlink("file/"));
  SHOW(unlink("link/"));
  SHOW(unlink("link"));
  SHOW(unlink("dangling"));
  SHOW(unlink("dangling"));
  SHOW(unlink(""));
  SHOW(unlink("."));
  SHOW(unlink("/"));
  SHOW(unlink("file/x"));
  SHOW(unlinkat(AT_FDCWD, "file", AT_REMOVEDIR));
  SHOW(unlinkat(AT_FDCWD, "d", 0x4000));
  SHOW(remove("d"));
  SHOW(remove("file"));
  SHOW(remove("file"));
  // A working directory may be removed, and nothing is found from there any more.
  SHOW(chdir("new"));
  SHOW(rmdir("../new"));
  SHOW(mkdir("x", 0755));
  SHOW(access(".", F_OK));
  SHOW(access("..", F_OK));
  SHOW(access("../new", F_OK));
  return 0;
}
