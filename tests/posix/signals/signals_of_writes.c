// Signals that go with errors of writing: SIGPIPE and SIGXFSZ.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/uio.h>
#include <unistd.h>

static volatile sig_atomic_t pipes, sizes;

static void handler(int number) {
  pipes += number == SIGPIPE;
  sizes += number == SIGXFSZ;
}

static void report(const char* what, long result) {
  printf("%s: %ld %s, SIGPIPE %d, SIGXFSZ %d\n", what, result, result < 0 ? strerror(errno) : "",
         pipes, sizes);
}

int main(void) {
  signal(SIGPIPE, handler);
  signal(SIGXFSZ, handler);
  int ends[2];
  if (pipe(ends) != 0) return 1;
  close(ends[0]);
  struct iovec vector = {"x", 1};
  report("write", write(ends[1], "x", 1));
  report("writev", writev(ends[1], &vector, 1));
  report("vmsplice", vmsplice(ends[1], &vector, 1, 0));
  signal(SIGPIPE, SIG_IGN);
  report("ignored", write(ends[1], "x", 1));

  char name[] = "/tmp/linden-test-XXXXXX";
  int fd = mkstemp(name);
  unlink(name);
  struct rlimit limit = {4, 100};
  setrlimit(RLIMIT_FSIZE, &limit);
  report("up to the limit", write(fd, "123456", 6));
  report("beyond", write(fd, "x", 1));
  report("pwrite", pwrite(fd, "x", 1, 4));
  report("ftruncate", ftruncate(fd, 5));
  report("posix_fallocate", posix_fallocate(fd, 0, 5));
  limit.rlim_cur = 100;
  setrlimit(RLIMIT_FSIZE, &limit);

  // The default action ends the program.
  fflush(stdout);
  signal(SIGPIPE, SIG_DFL);
  write(ends[1], "x", 1);
  puts("not reached");
  return 0;
}
