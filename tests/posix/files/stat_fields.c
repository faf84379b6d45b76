// What stat and its kin say about each kind of file.
#include "../report.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

static void show(const char* name, const struct stat* status) {
  static const char* const types[16] = {"?",      "fifo", "char", "?", "directory", "?",
                                        "block",  "?",    "file", "?", "link",      "?",
                                        "socket", "?",    "?",    "?"};
  printf("%s: %s %o, %d links", name, types[(status->st_mode >> 12) & 15], status->st_mode & 07777,
         (int)status->st_nlink);
  if (!S_ISDIR(status->st_mode)) printf(", %lld bytes", (long long)status->st_size);
  printf(", %u:%u\n", (unsigned)status->st_uid, (unsigned)status->st_gid);
}

int main(void) {
  struct stat status, other;
  umask(022);
  int fd = open("file", O_CREAT | O_RDWR, 0640);
  write(fd, "0123456789", 10);
  mkdir("directory", 0750);
  mkdir("directory/inner", 0750);
  mkfifo("fifo", 0600);
  symlink("file", "link");
  const char* names[] = {"file", "directory", "fifo", "link"};
  for (int i = 0; i < 4; i++) {
    if (lstat(names[i], &status) == 0) show(names[i], &status);
  }
  SHOW(stat("link", &status));
  SHOW(fstat(fd, &other));
  printf("the same file: %d\n", status.st_ino == other.st_ino && status.st_dev == other.st_dev);
  SHOW(fstatat(AT_FDCWD, "link", &status, AT_SYMLINK_NOFOLLOW));
  printf("another file: %d\n", status.st_ino != other.st_ino);
  SHOW(fstatat(fd, "", &status, AT_EMPTY_PATH));
  printf("the same file: %d\n", status.st_ino == other.st_ino);
  SHOW(fstatat(fd, "", &status, 0));
  SHOW(fstatat(AT_FDCWD, "", &status, AT_EMPTY_PATH));
  printf("the working directory: %d\n", S_ISDIR(status.st_mode));
  SHOW(fstatat(AT_FDCWD, "file", &status, 0x8000000));
  SHOW(stat("", &status));
  SHOW(stat("file/x", &status));
  SHOW(stat("file/.", &status));
  SHOW(stat("directory/../file", &status));
  SHOW(stat("missing/../file", &status));
  SHOW(stat("link/", &status));
  SHOW(lstat("directory/", &status));
  SHOW(fstat(-1, &status));
  SHOW(stat("file", (struct stat*)8));

  int ends[2];
  pipe(ends);
  SHOW(fstat(ends[0], &status));
  printf("pipe: %d, %lld bytes\n", S_ISFIFO(status.st_mode), (long long)status.st_size);
  SHOW(stat("/dev/null", &status));
  printf("null: %d, %u:%u\n", S_ISCHR(status.st_mode), major(status.st_rdev),
         minor(status.st_rdev));
  SHOW(stat("/", &status));
  SHOW(stat("/..", &other));
  printf("above the root: %d\n", status.st_ino == other.st_ino);
  return 0;
}
