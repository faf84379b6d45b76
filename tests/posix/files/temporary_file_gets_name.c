// A file without a name (O_TMPFILE) is linked by way of /proc/self/fd.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

int main(void) {
  int fd = open("/tmp", O_TMPFILE | O_RDWR, 0600);
  if (fd < 0) return 1;
  printf("%zd\n", write(fd, "text", 4));
  char source[64], name[64];
  snprintf(source, sizeof source, "/proc/self/fd/%d", fd);
  snprintf(name, sizeof name, "/tmp/named-%d", getpid());
  printf("%d\n", linkat(AT_FDCWD, source, AT_FDCWD, name, AT_SYMLINK_FOLLOW));
  struct stat status;
  printf("%d %d\n", stat(name, &status), (int)status.st_size);
  printf("%d\n",
         linkat(AT_FDCWD, source, AT_FDCWD, name, AT_SYMLINK_FOLLOW) == -1 && errno == EEXIST);
  printf("%d\n", unlink(name));
  return 0;
}
