// A length in an iovec that is negative as an ssize_t is refused before anything is transferred.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

static void show(const char* call, ssize_t result) {
  printf("%s: %zd %s\n", call, result, result < 0 ? strerror(errno) : "");
}

int main(void) {
  char buffer[4] = "abc";
  const struct iovec vectors[2] = {{buffer, sizeof buffer}, {buffer, SIZE_MAX}};
  int fd = open("file", O_RDWR | O_CREAT | O_TRUNC, 0600);
  show("writev", writev(fd, vectors, 2));
  show("readv", readv(fd, vectors, 2));
  show("pwritev", pwritev(fd, vectors, 2, 0));
  show("preadv", preadv(fd, vectors, 2, 0));
  show("pwritev2", pwritev2(fd, vectors, 2, -1, 0));
  show("preadv2", preadv2(fd, vectors, 2, -1, 0));
  show("size", lseek(fd, 0, SEEK_END));
  return 0;
}
