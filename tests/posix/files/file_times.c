// utimensat and its relatives, and which operations change which time.
#include "../report.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>
#include <utime.h>

static void show(const char* name) {
  struct stat status;
  if (lstat(name, &status) != 0) puts(strerrorname_np(errno));
  printf("%s: accessed %lld.%09ld, modified %lld.%09ld\n", name, (long long)status.st_atim.tv_sec,
         (long)status.st_atim.tv_nsec, (long long)status.st_mtim.tv_sec,
         (long)status.st_mtim.tv_nsec);
}

int main(void) {
  int fd = open("file", O_CREAT | O_RDWR, 0644);
  symlink("file", "link");
  struct timespec times[2] = {{1000000000, 123456789}, {2000000000, 987654321}};
  SHOW(utimensat(AT_FDCWD, "file", times, 0));
  show("file");
  times[0].tv_nsec = UTIME_OMIT;
  times[1] = (struct timespec){5000000000, 7};
  SHOW(futimens(fd, times));
  show("file");
  times[1].tv_nsec = UTIME_NOW;
  times[0] = (struct timespec){-1000, 5};
  SHOW(utimensat(AT_FDCWD, "file", times, 0));
  struct stat status;
  fstat(fd, &status);
  printf("before 1970: %lld, now: %d\n", (long long)status.st_atim.tv_sec,
         status.st_mtim.tv_sec > 1700000000 && status.st_mtim.tv_sec < 5000000000);
  times[1] = (struct timespec){3, 4};
  SHOW(utimensat(AT_FDCWD, "link", times, AT_SYMLINK_NOFOLLOW));
  show("link");
  SHOW(utimensat(AT_FDCWD, "link", times, 0));
  show("file");
  times[0].tv_nsec = UTIME_OMIT;
  times[1].tv_nsec = UTIME_OMIT;
  SHOW(utimensat(AT_FDCWD, "file", times, 0));
  SHOW(utimensat(AT_FDCWD, "missing", times, 0));
  times[0].tv_nsec = 1000000000;
  SHOW(utimensat(AT_FDCWD, "file", times, 0));
  times[0].tv_nsec = -1;
  SHOW(futimens(fd, times));
  SHOW(utimensat(AT_FDCWD, "file", NULL, 0x40000));
  SHOW(utimensat(AT_FDCWD, "missing", NULL, 0));
  SHOW(utimensat(AT_FDCWD, "", NULL, 0));
  SHOW(futimens(-1, NULL));
  show("file");

  struct timeval micro[2] = {{100, 999999}, {200, 1}};
  SHOW(utimes("file", micro));
  show("file");
  SHOW(lutimes("link", micro));
  show("link");
  SHOW(futimesat(AT_FDCWD, "file", micro));
  micro[0].tv_usec = 1000000;
  SHOW(utimes("file", micro));
  struct utimbuf seconds = {11, 12};
  SHOW(utime("file", &seconds));
  show("file");

  // Writing modifies, changing the mode does not, renaming does not.
  SHOW(chmod("file", 0600));
  SHOW(rename("file", "renamed"));
  show("renamed");
  SHOW(write(fd, "", 0));
  show("renamed");
  SHOW(write(fd, "x", 1));
  fstat(fd, &status);
  printf("modified: %d\n", status.st_mtim.tv_sec > 12);
  return 0;
}
