// fcntl's locks: ranges, conversions, other processes, and when they go.
#include "../report.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

static int fd;

static int lock(int descriptor, int type, off_t start, off_t length) {
  struct flock request = {.l_type = type, .l_whence = SEEK_SET, .l_start = start, .l_len = length};
  return fcntl(descriptor, F_SETLK, &request);
}

// What another process finds in the way.
static void show_obstacles(const char* when) {
  printf("%s:", when);
  fflush(stdout);
  pid_t parent = getpid();
  pid_t child = fork();
  if (child == 0) {
    for (off_t at = 0; at < 1000;) {
      struct flock request = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = at};
      fcntl(fd, F_GETLK, &request);
      if (request.l_type == F_UNLCK) break;
      printf(" %s [%lld, +%lld)%s", request.l_type == F_RDLCK ? "read" : "write",
             (long long)request.l_start, (long long)request.l_len,
             request.l_pid == parent ? "" : " of whom?");
      if (request.l_len == 0) break;
      at = request.l_start + request.l_len;
    }
    puts("");
    fflush(stdout);
    _exit(0);
  }
  waitpid(child, NULL, 0);
}

int main(void) {
  fd = open("file", O_CREAT | O_RDWR, 0644);
  show_obstacles("none");
  SHOW(lock(fd, F_WRLCK, 10, 10));
  show_obstacles("one");
  SHOW(lock(fd, F_RDLCK, 14, 2));
  show_obstacles("split by a conversion");
  SHOW(lock(fd, F_UNLCK, 12, 6));
  show_obstacles("split by a hole");
  SHOW(lock(fd, F_WRLCK, 12, 6));
  show_obstacles("joined");
  SHOW(lock(fd, F_RDLCK, 100, 0));
  show_obstacles("to the end");
  SHOW(lock(fd, F_WRLCK, 60, -20));
  show_obstacles("backwards");
  SHOW(lock(fd, F_UNLCK, 0, 0));
  show_obstacles("unlocked");

  struct flock request = {.l_type = F_WRLCK, .l_whence = SEEK_END, .l_start = -2, .l_len = 1};
  SHOW(fcntl(fd, F_SETLK, &request));
  write(fd, "0123456789", 10);
  SHOW(fcntl(fd, F_SETLK, &request));
  show_obstacles("before the end");
  request.l_whence = 7;
  SHOW(fcntl(fd, F_SETLK, &request));
  SHOW(lock(fd, 9, 0, 1));
  SHOW(lock(fd, F_WRLCK, -1, 1));
  SHOW(lock(fd, F_WRLCK, 5, -10));
  SHOW(lock(fd, F_WRLCK, 0x7fffffffffffffff, 2));
  SHOW(fcntl(fd, F_SETLK, (void*)8));
  int reader = open("file", O_RDONLY);
  SHOW(lock(reader, F_WRLCK, 0, 1));
  SHOW(lock(reader, F_RDLCK, 0, 1));
  show_obstacles("by another descriptor");
  // Closing any descriptor of the file drops them all.
  SHOW(close(dup(fd)));
  show_obstacles("after a close");
  SHOW(lock(fd, F_WRLCK, 0, 0));
  fflush(stdout);
  if (fork() == 0) {
    SHOW(lock(fd, F_RDLCK, 5, 1));
    SHOW(lockf(fd, F_TLOCK, 1));
    SHOW(lockf(fd, F_TEST, 1));
    fflush(stdout);
    _exit(0);
  }
  wait(NULL);
  return 0;
}
