// flock: sharing, converting, and who owns a lock.
#include "../report.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
  int first = open("file", O_CREAT | O_RDWR, 0644);
  int second = open("file", O_RDONLY);
  SHOW(flock(first, LOCK_EX | LOCK_NB));
  SHOW(flock(second, LOCK_SH | LOCK_NB));
  SHOW(flock(first, LOCK_SH | LOCK_NB));
  SHOW(flock(second, LOCK_SH | LOCK_NB));
  SHOW(flock(first, LOCK_EX | LOCK_NB));
  SHOW(flock(second, LOCK_UN));
  int duplicate = dup(first);
  SHOW(flock(duplicate, LOCK_EX | LOCK_NB));
  SHOW(close(first));
  SHOW(flock(second, LOCK_SH | LOCK_NB));
  fflush(stdout);
  if (fork() == 0) {
    // A child holds its parent's lock, and may drop it for both.
    SHOW(flock(duplicate, LOCK_EX | LOCK_NB));
    SHOW(flock(duplicate, LOCK_UN));
    fflush(stdout);
    _exit(0);
  }
  wait(NULL);
  SHOW(flock(second, LOCK_EX | LOCK_NB));
  // These locks know nothing of fcntl's.
  struct flock record = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
  SHOW(fcntl(duplicate, F_SETLK, &record));
  SHOW(flock(second, LOCK_UN));
  SHOW(flock(second, LOCK_UN));
  SHOW(flock(-1, LOCK_SH));
  SHOW(flock(second, 0));
  SHOW(flock(second, LOCK_SH | LOCK_EX));
  SHOW(flock(open("file", O_PATH), LOCK_SH));
  int directory = open(".", O_RDONLY);
  SHOW(flock(directory, LOCK_EX | LOCK_NB));
  return 0;
}
