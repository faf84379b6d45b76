// F_OFD_SETLK: locks that belong to the open file, and conflict within a process.
#include "../report.h"

#include <fcntl.h>
#include <unistd.h>

static int lock(int fd, int command, int type, off_t start, off_t length) {
  struct flock request = {.l_type = type, .l_whence = SEEK_SET, .l_start = start, .l_len = length};
  int result = fcntl(fd, command, &request);
  if (result == 0 && command == F_OFD_GETLK) {
    printf("%d [%lld, +%lld) by %d, ", request.l_type, (long long)request.l_start,
           (long long)request.l_len, (int)request.l_pid);
  }
  return result;
}

int main(void) {
  int first = open("file", O_CREAT | O_RDWR, 0644);
  int second = open("file", O_RDWR);
  SHOW(lock(first, F_OFD_SETLK, F_WRLCK, 0, 10));
  SHOW(lock(second, F_OFD_SETLK, F_RDLCK, 5, 1));
  SHOW(lock(second, F_OFD_SETLK, F_RDLCK, 10, 1));
  SHOW(lock(second, F_OFD_GETLK, F_RDLCK, 0, 0));
  SHOW(lock(first, F_OFD_GETLK, F_RDLCK, 0, 10));
  int duplicate = dup(first);
  SHOW(lock(duplicate, F_OFD_SETLK, F_RDLCK, 0, 10));
  SHOW(lock(second, F_OFD_SETLK, F_RDLCK, 5, 1));
  SHOW(lock(second, F_OFD_SETLK, F_WRLCK, 5, 1));
  // It stays until the last descriptor goes.
  SHOW(close(first));
  SHOW(lock(second, F_OFD_SETLK, F_WRLCK, 0, 1));
  SHOW(close(duplicate));
  SHOW(lock(second, F_OFD_SETLK, F_WRLCK, 0, 1));
  // Those of the process are others' too.
  SHOW(lock(open("file", O_RDWR), F_SETLK, F_RDLCK, 0, 1));
  struct flock request = {.l_type = F_RDLCK, .l_whence = SEEK_SET, .l_pid = 1};
  SHOW(fcntl(second, F_OFD_SETLK, &request));
  request.l_pid = 0;
  SHOW(fcntl(second, F_OFD_SETLK, &request));
  return 0;
}
