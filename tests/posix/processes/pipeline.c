// A pipeline of five processes moves 64 MiB; ends of pipes in many processes.
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { kStages = 5, kSize = 64 << 20, kBuffer = 1 << 16 };
static unsigned char buffer[kBuffer];

static void write_all(int fd, const unsigned char* from, size_t size) {
  while (size > 0) {
    ssize_t done = write(fd, from, size);
    if (done <= 0) _exit(1);
    from += done;
    size -= (size_t)done;
  }
}

int main(void) {
  setvbuf(stdout, NULL, _IONBF, 0);
  int input = -1;
  for (int stage = 0; stage < kStages; ++stage) {
    int ends[2];
    pipe(ends);
    if (fork() == 0) {
      close(ends[0]);
      if (stage == 0) {
        uint32_t state = 1;
        for (int done = 0; done < kSize; done += kBuffer) {
          for (int i = 0; i < kBuffer; ++i) {
            state = state * 1664525 + 1013904223;
            buffer[i] = (unsigned char)(state >> 24);
          }
          write_all(ends[1], buffer, kBuffer);
        }
        _exit(0);
      }
      ssize_t got;
      while ((got = read(input, buffer, kBuffer)) > 0) {
        for (ssize_t i = 0; i < got; ++i) buffer[i] = (unsigned char)(buffer[i] + stage);
        write_all(ends[1], buffer, (size_t)got);
      }
      _exit(0);
    }
    close(ends[1]);
    if (input >= 0) close(input);
    input = ends[0];
  }
  uint64_t hash = 14695981039346656037u, total = 0;
  ssize_t got;
  while ((got = read(input, buffer, kBuffer)) > 0) {
    for (ssize_t i = 0; i < got; ++i) hash = (hash ^ buffer[i]) * 1099511628211u;
    total += (uint64_t)got;
  }
  printf("%llu bytes, %016llx\n", (unsigned long long)total, (unsigned long long)hash);
  int failed = 0, status;
  while (wait(&status) > 0) failed += status != 0;
  printf("%d failed\n", failed);

  // The last writer decides about the end of the file; the last reader about SIGPIPE.
  int ends[2];
  pipe(ends);
  for (int i = 0; i < 3; ++i) {
    if (fork() == 0) {
      close(ends[0]);
      usleep(20000 * (unsigned)i);
      write(ends[1], "x", 1);
      _exit(0);
    }
  }
  close(ends[1]);
  int count = 0;
  char c;
  while (read(ends[0], &c, 1) == 1) ++count;
  printf("%d written\n", count);
  while (wait(NULL) > 0) {
  }
  pipe(ends);
  pid_t child = fork();
  if (child == 0) {
    close(ends[0]);
    while (write(ends[1], buffer, kBuffer) > 0) {
    }
    _exit(errno);
  }
  close(ends[1]);
  read(ends[0], buffer, 100);
  close(ends[0]);
  waitpid(child, &status, 0);
  printf("writer: signal %d\n", WIFSIGNALED(status) ? WTERMSIG(status) : 0);

  // One offset for all that have inherited a file.
  char file[] = "/tmp/linden-pipeline-XXXXXX";
  int fd = mkstemp(file);
  for (int i = 0; i < 4; ++i) {
    if (fork() == 0) {
      for (int n = 0; n < 50; ++n) write(fd, "line\n", 5);
      _exit(0);
    }
  }
  while (wait(NULL) > 0) {
  }
  printf("offset %ld\n", (long)lseek(fd, 0, SEEK_CUR));
  unlink(file);
  return 0;
}
