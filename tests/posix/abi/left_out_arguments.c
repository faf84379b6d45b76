// Calls with variable arguments of which none is given.
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <ulimit.h>
#include <unistd.h>

int main(void) {
  int fd = open("/", O_RDONLY);
  printf("fcntl: %d %d\n", fcntl(fd, F_GETFD), (fcntl(fd, F_GETFL) & O_ACCMODE) == O_RDONLY);
  printf("ioctl: %d %d\n", ioctl(fd, FIOCLEX), fcntl(fd, F_GETFD));
  printf("fdopendir: %d\n", fdopendir(fd) != NULL);
  printf("prctl: %d\n", prctl(PR_GET_DUMPABLE));
  printf("ulimit: %d\n", ulimit(UL_GETFSIZE) > 0);
  printf("syscall: %d\n", syscall(SYS_getpid) == getpid());
  void* map = mmap(NULL, 8192, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  printf("mremap: %d\n", mremap(map, 8192, 4096, 0) == map);
  return 0;
}
