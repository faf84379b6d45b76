// eventfd: counting, semaphores, and what is refused.
#include "../report.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

int main(void) {
  uint64_t value = 0;
  int fd = SHOW_OPEN(eventfd(3, EFD_NONBLOCK));
  SHOW(read(fd, &value, 8));
  SHOW(value);
  SHOW(read(fd, &value, 8));
  SHOW(eventfd_write(fd, 5));
  SHOW(eventfd_write(fd, 6));
  SHOW(eventfd_read(fd, &value));
  SHOW(value);
  SHOW(write(fd, &value, 7));
  SHOW(write(fd, &value, 16));
  SHOW(eventfd_read(fd, &value));
  SHOW(read(fd, &value, 4));
  SHOW(eventfd_write(fd, UINT64_MAX));
  SHOW(eventfd_write(fd, UINT64_MAX - 1));
  SHOW(eventfd_write(fd, 1));
  struct pollfd entry = {fd, POLLIN | POLLOUT};
  SHOW(poll(&entry, 1, 0));
  printf("full: %d\n", entry.revents == POLLIN);
  char large[16];
  SHOW(read(fd, large, 16));
  SHOW(poll(&entry, 1, 0));
  printf("empty: %d\n", entry.revents == POLLOUT);
  SHOW(eventfd_write(fd, 0));
  SHOW(poll(&entry, 1, 0));
  SHOW(lseek(fd, 0, SEEK_SET));
  SHOW(pread(fd, &value, 8, 0));

  int semaphore = SHOW_OPEN(eventfd(2, EFD_SEMAPHORE | EFD_NONBLOCK | EFD_CLOEXEC));
  SHOW(fcntl(semaphore, F_GETFD));
  for (int i = 0; i < 3; i++) {
    value = 99;
    SHOW(eventfd_read(semaphore, &value));
    SHOW(value);
  }
  SHOW(eventfd(0, 0x10));
  SHOW(eventfd_write(-1, 1));
  return 0;
}
