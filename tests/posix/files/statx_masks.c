// statx: the mask, flags, and that it agrees with stat.
#include "../report.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

int main(void) {
  struct statx extended;
  struct stat status;
  umask(022);
  int fd = open("file", O_CREAT | O_RDWR, 0644);
  write(fd, "12345", 5);
  symlink("file", "link");
  memset(&extended, 0xaa, sizeof extended);
  SHOW(statx(AT_FDCWD, "file", 0, STATX_BASIC_STATS, &extended));
  printf("mask: %x\n", extended.stx_mask & STATX_BASIC_STATS);
  printf("%o, %u links, %llu bytes\n", extended.stx_mode, extended.stx_nlink,
         (unsigned long long)extended.stx_size);
}
