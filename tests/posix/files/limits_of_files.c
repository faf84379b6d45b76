// RLIMIT_FSIZE and RLIMIT_NOFILE: what they stop, and the signal.
#include "../report.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

static volatile sig_atomic_t signals;
static void handle(int number) { signals += number == SIGXFSZ; }

int main(void) {
  struct rlimit limit;
  int fd = open("file", O_CREAT | O_RDWR, 0644);
  signal(SIGXFSZ, handle);
  getrlimit(RLIMIT_FSIZE, &limit);
  limit.rlim_cur = 10;
  SHOW(setrlimit(RLIMIT_FSIZE, &limit));
  SHOW(write(fd, "01234567", 8));
  SHOW(write(fd, "89ab", 4));
  SHOW(signals);
  SHOW(write(fd, "x", 1));
  SHOW(signals);
  SHOW(pwrite(fd, "x", 1, 100));
  SHOW(signals);
  SHOW(ftruncate(fd, 11));
  SHOW(signals);
  SHOW(ftruncate(fd, 10));
  SHOW(fallocate(fd, 0, 0, 11));
  SHOW(signals);
  SHOW(lseek(fd, 1000, SEEK_SET));
  SHOW(write(fd, "", 0));
  FILE* stream = fopen("stream", "w");
  setvbuf(stream, NULL, _IOFBF, 64);
  SHOW(fprintf(stream, "more than ten bytes"));
  SHOW(fflush(stream));
  SHOW(ferror(stream));
  int ends[2];
  pipe(ends);
  SHOW(write(ends[1], "0123456789ab", 12));
  limit.rlim_cur = limit.rlim_max;
  SHOW(setrlimit(RLIMIT_FSIZE, &limit));
  SHOW(pwrite(fd, "x", 1, 100));

  SHOW(getrlimit(RLIMIT_NOFILE, &limit));
  struct rlimit fewer = {60, limit.rlim_max};
  SHOW(setrlimit(RLIMIT_NOFILE, &fewer));
  SHOW(dup2(fd, 59));
  SHOW(dup2(fd, 60));
  SHOW(fcntl(fd, F_DUPFD, 60));
  while (dup(fd) >= 0) continue;
  puts(strerrorname_np(errno));
  SHOW_POINTER(fopen("file", "r"));
  // Lowering it closes nothing.
  fewer.rlim_cur = 5;
  SHOW(setrlimit(RLIMIT_NOFILE, &fewer));
  SHOW(write(59, "y", 1));
  fewer.rlim_cur = limit.rlim_max + 1;
  SHOW(setrlimit(RLIMIT_NOFILE, &fewer) == -1);
  fewer.rlim_cur = 70;
  SHOW(setrlimit(RLIMIT_NOFILE, &fewer));
  SHOW(dup(fd) >= 60);
  return 0;
}
