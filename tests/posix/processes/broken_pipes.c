// The writer of a pipe whose reader ends: SIGPIPE ends it, unless it is ignored or handled; also
// one that is blocked in write when the reader is killed.
#include <errno.h>
#include <signal.h>

#include "process.h"

static volatile sig_atomic_t handled;
static void on_pipe(int number) {
  (void)number;
  ++handled;
}

static const char* write_until_broken(void (*action)(int), int reader_is_killed) {
  int ends[2];
  pipe(ends);
  const pid_t reader = fork();
  if (reader == 0) {
    char text[1000];
    signal(SIGPIPE, SIG_DFL);
    close(ends[1]);
    read(ends[0], text, sizeof text);
    if (reader_is_killed) pause();
    _exit(0);
  }
  close(ends[0]);
  const pid_t writer = fork();
  if (writer == 0) {
    static char text[100000];
    signal(SIGPIPE, action);
    ssize_t wrote;
    do {
      wrote = write(ends[1], text, sizeof text);
    } while (wrote > 0);
    _exit(errno == EPIPE ? 10 + handled : 1);
  }
  close(ends[1]);
  if (reader_is_killed) {
    usleep(20000);
    kill(reader, SIGKILL);
  }
  end_of(reader);
  return end_of(writer);
}

int main(void) {
  for (int killed = 0; killed < 2; ++killed) {
    printf("default: %s\n", write_until_broken(SIG_DFL, killed));
    printf("ignored: %s\n", write_until_broken(SIG_IGN, killed));
    printf("handled: %s\n", write_until_broken(on_pipe, killed));
  }
  return 0;
}
