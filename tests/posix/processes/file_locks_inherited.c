// flock and open-file-description locks belong to the open file: a child shares them, closing one
// copy releases nothing, unlocking through any copy releases all.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>

#include "process.h"

static const char* try_it(int fd, int operation) {
  return flock(fd, operation | LOCK_NB) == 0 ? "ok" : strerror(errno);
}
static const char* try_description(int fd, short type) {
  struct flock record = {.l_type = type, .l_whence = SEEK_SET};
  return fcntl(fd, F_OFD_SETLK, &record) == 0 ? "ok" : strerror(errno);
}

int main(void) {
  setvbuf(stdout, NULL, _IONBF, 0);
  const int file = open("file", O_RDWR | O_CREAT, 0600);
  const int other = open("file", O_RDWR);
  printf("lock: %s, another description: %s\n", try_it(file, LOCK_EX), try_it(other, LOCK_EX));
  pid_t child = fork();
  if (child == 0) {
    printf("in the child: %s\n", try_it(file, LOCK_EX));
    close(file);
    printf("closed there: %s\n", try_it(other, LOCK_SH));
    _exit(0);
  }
  end_of(child);
  printf("after its end: %s\n", try_it(other, LOCK_SH));
  child = fork();
  if (child == 0) {
    printf("unlock in the child: %s\n", try_it(file, LOCK_UN));
    _exit(0);
  }
  end_of(child);
  printf("free for all: %s\n", try_it(other, LOCK_EX));
  flock(other, LOCK_UN);

  // The last copy's end releases: here the child's.
  int gate[2];
  pipe(gate);
  flock(file, LOCK_EX);
  child = fork();
  if (child == 0) {
    char c;
    close(gate[1]);
    read(gate[0], &c, 1);
    _exit(0);
  }
  close(file);
  printf("the child holds it: %s\n", try_it(other, LOCK_EX));
  close(gate[1]);
  end_of(child);
  printf("released: %s\n", try_it(other, LOCK_EX));
  flock(other, LOCK_UN);

  printf("description: %s\n", try_description(other, F_WRLCK));
  child = fork();
  if (child == 0) {
    const int own = open("file", O_RDWR);
    printf("shared: %s, own: %s\n", try_description(other, F_WRLCK), try_description(own, F_RDLCK));
    close(own);
    printf("unlock: %s\n", try_description(other, F_UNLCK));
    _exit(0);
  }
  end_of(child);
  const int last = open("file", O_RDWR);
  printf("released: %s\n", try_description(last, F_WRLCK));
  return 0;
}
