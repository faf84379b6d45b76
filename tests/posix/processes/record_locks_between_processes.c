// Record locks: conflicts, what F_GETLK tells, waiting, release by close and by the end, not
// inherited by fork; and the deadlock that is noticed.
#include <errno.h>
#include <fcntl.h>
#include <signal.h>

#include "process.h"

static int file;

static int lock(int command, short type, long start, long length) {
  struct flock record = {.l_type = type, .l_whence = SEEK_SET, .l_start = start, .l_len = length};
  return fcntl(file, command, &record) < 0 ? errno : 0;
}

int main(void) {
  setvbuf(stdout, NULL, _IONBF, 0);
  file = open("file", O_RDWR | O_CREAT, 0600);
  ftruncate(file, 100);
  printf("own: %d %d\n", lock(F_SETLK, F_WRLCK, 0, 10), lock(F_SETLK, F_RDLCK, 20, 10));
  pid_t child = fork();
  if (child == 0) {
    printf("not inherited: %s\n", strerror(lock(F_SETLK, F_WRLCK, 5, 1)));
    printf("readers share: %s\n", strerror(lock(F_SETLK, F_RDLCK, 20, 5)));
    printf("but not with a writer: %s\n", strerror(lock(F_SETLK, F_WRLCK, 25, 5)));
    struct flock record = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 3, .l_len = 50};
    fcntl(file, F_GETLK, &record);
    printf("holder: type %d, %ld of %ld, the parent %d\n", record.l_type == F_WRLCK,
           (long)record.l_len, (long)record.l_start, record.l_pid == getppid());
    _exit(0);
  }
  end_of(child);

  // Closing any descriptor of the file releases them all.
  close(open("file", O_RDONLY));
  child = fork();
  if (child == 0) _exit(lock(F_SETLK, F_WRLCK, 0, 0));
  printf("after a close: %s\n", end_of(child));
  printf("after its end: %d\n", lock(F_SETLK, F_WRLCK, 0, 0));

  // Waiting, until the holder unlocks; and for one that is killed.
  int ready[2];
  char c;
  pipe(ready);
  child = fork();
  if (child == 0) {
    write(ready[1], "r", 1);
    if (lock(F_SETLKW, F_WRLCK, 0, 0) != 0) _exit(1);
    write(ready[1], "l", 1);
    pause();
  }
  read(ready[0], &c, 1);
  usleep(20000);
  lock(F_SETLK, F_UNLCK, 0, 0);
  read(ready[0], &c, 1);
  printf("got it: %c, now %d\n", c, lock(F_SETLK, F_RDLCK, 0, 1) == EAGAIN);
  const pid_t waiter = fork();
  if (waiter == 0) _exit(lock(F_SETLKW, F_RDLCK, 7, 1));
  usleep(20000);
  kill(child, SIGKILL);
  printf("holder: %s", end_of(child));
  printf(", waiter: %s\n", end_of(waiter));

  // Two that wait for one another: one of them is refused.
  lock(F_SETLK, F_WRLCK, 0, 1);
  child = fork();
  if (child == 0) {
    lock(F_SETLK, F_WRLCK, 1, 1);
    write(ready[1], "r", 1);
    const int error = lock(F_SETLKW, F_WRLCK, 0, 1);
    _exit(error == 0 ? 0 : error == EDEADLK ? 35 : 1);
  }
  read(ready[0], &c, 1);
  usleep(50000);
  printf("deadlock: %s", strerror(lock(F_SETLKW, F_WRLCK, 1, 1)));
  lock(F_SETLK, F_UNLCK, 0, 1);
  printf(", the other: %s\n", end_of(child));
  return 0;
}
