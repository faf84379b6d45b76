// close_range and closefrom.
#include "../report.h"

#include <fcntl.h>
#include <linux/close_range.h>
#include <unistd.h>

static void show_open(void) {
  printf("open:");
  for (int fd = 20; fd < 40; fd++) {
    int flags = fcntl(fd, F_GETFD);
    if (flags >= 0) printf(" %d%s", fd, flags & FD_CLOEXEC ? "c" : "");
  }
  puts("");
}

int main(void) {
  int fd = open("file", O_CREAT | O_RDWR, 0644);
  for (int i = 20; i < 40; i++) dup2(fd, i);
  show_open();
  SHOW(close_range(22, 24, 0));
  show_open();
  SHOW(close_range(26, 28, CLOSE_RANGE_CLOEXEC));
  show_open();
  SHOW(close_range(22, 24, 0));
  SHOW(close_range(30, 29, 0));
  SHOW(close_range(30, 30, 0x1000));
  SHOW(close_range(30, 30, CLOSE_RANGE_UNSHARE));
  show_open();
  SHOW(close_range(35, ~0u, 0));
  show_open();
  closefrom(32);
  show_open();
  SHOW(write(20, "still", 5));
  SHOW(close_range(20, 31, 0));
  show_open();
  SHOW(lseek(fd, 0, SEEK_CUR));
  return 0;
}
