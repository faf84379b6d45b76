// F_SETLKW: waiting for another process, deadlock, interruption by a signal.
#include "../report.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

static int fd;

static int lock(int command, int type, off_t start, off_t length) {
  struct flock request = {.l_type = type, .l_whence = SEEK_SET, .l_start = start, .l_len = length};
  return fcntl(fd, command, &request);
}

static void nothing(int number) { (void)number; }

int main(void) {
  int ready[2], go[2];
  char byte;
  setvbuf(stdout, NULL, _IONBF, 0);
  pipe(ready);
  pipe(go);
  fd = open("file", O_CREAT | O_RDWR, 0644);
  pid_t child = fork();
  if (child == 0) {
    lock(F_SETLK, F_WRLCK, 0, 1);
    write(ready[1], "r", 1);
    read(go[0], &byte, 1);
    usleep(50000);
    puts("the holder unlocks");
    lock(F_SETLK, F_UNLCK, 0, 1);
    read(go[0], &byte, 1);
    // Our parent holds 0 and waits for 5 by now, or will.
    lock(F_SETLK, F_WRLCK, 5, 1);
    write(ready[1], "r", 1);
    usleep(500000);
    int result = lock(F_SETLKW, F_WRLCK, 0, 1);
    printf("deadlock: %d %s\n", result, strerrorname_np(errno));
    _exit(0);
  }
  read(ready[0], &byte, 1);
  SHOW(lock(F_SETLK, F_WRLCK, 0, 1));
  struct sigaction action = {.sa_handler = nothing};
  sigaction(SIGALRM, &action, NULL);
  ualarm(20000, 0);
  SHOW(lock(F_SETLKW, F_WRLCK, 0, 1));
  write(go[1], "g", 1);
  SHOW(lock(F_SETLKW, F_WRLCK, 0, 1));
  write(go[1], "g", 1);
  read(ready[0], &byte, 1);
  int result = lock(F_SETLKW, F_WRLCK, 5, 1);
  wait(NULL);
  SHOW(result);
  return 0;
}
