// Names relative to a directory's descriptor, for every call that takes one.
#include "../report.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

int main(void) {
  SHOW(mkdirat(AT_FDCWD, "directory", 0755));
  int directory = SHOW_OPEN(open("directory", O_RDONLY | O_DIRECTORY));
  int file = SHOW_OPEN(openat(directory, "file", O_CREAT | O_RDWR, 0644));
  SHOW(write(file, "12345", 5));
  struct stat status;
  SHOW(fstatat(directory, "file", &status, 0));
  SHOW(status.st_size);
  SHOW(fstatat(directory, "../directory/./file", &status, 0));
  SHOW(status.st_size);
  SHOW(mkdirat(directory, "inner", 0700));
  SHOW(symlinkat("../file", directory, "inner/link"));
  SHOW(fstatat(directory, "inner/link", &status, 0));
  SHOW(status.st_size);
  char target[16] = {0};
  SHOW(readlinkat(directory, "inner/link", target, sizeof target));
  puts(target);
  SHOW(linkat(directory, "file", directory, "inner/second", 0));
  SHOW(renameat(directory, "inner/second", AT_FDCWD, "moved"));
  SHOW(faccessat(AT_FDCWD, "moved", F_OK, 0));
  SHOW(mknodat(directory, "fifo", S_IFIFO | 0600, 0));
  SHOW(fchmodat(directory, "file", 0400, 0));
  SHOW(unlinkat(directory, "fifo", 0));

  // An absolute name needs no directory.
  char* absolute = realpath("moved", NULL);
  SHOW(fstatat(-1, absolute, &status, 0));
  free(absolute);

  // A file is no directory, and a closed descriptor is none at all.
  SHOW_OPEN(openat(file, "name", O_RDONLY));
  SHOW(fstatat(file, "name", &status, 0));
  SHOW_OPEN(openat(9999, "name", O_RDONLY));
  SHOW(unlinkat(9999, "name", 0));
  SHOW(renameat(directory, "file", file, "name"));
  SHOW(linkat(AT_FDCWD, "moved", file, "name", 0));

  // O_PATH is enough, and the directory may be renamed or removed meanwhile.
  int path = SHOW_OPEN(open("directory", O_PATH));
  SHOW(rename("directory", "renamed"));
  SHOW(faccessat(path, "file", F_OK, 0));
  SHOW(faccessat(directory, "file", F_OK, 0));
  SHOW(unlinkat(path, "inner/link", 0));
  SHOW(unlinkat(path, "inner", AT_REMOVEDIR));
  SHOW(unlinkat(path, "file", 0));
  SHOW(rmdir("renamed"));
  SHOW_OPEN(openat(path, "file", O_CREAT | O_RDWR, 0644));
  SHOW(mkdirat(directory, "x", 0700));
  return 0;
}
