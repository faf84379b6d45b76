// While one thread starts programs, others open descriptors with O_CLOEXEC: no program gets one.
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "process.h"

static atomic_int ended;

static void* open_and_close(void* kind) {
  while (!ended) {
    int ends[2] = {-1, -1};
    if (kind) {
      pipe2(ends, O_CLOEXEC);
    } else {
      ends[0] = open("/dev/null", O_RDONLY | O_CLOEXEC);
      ends[1] = fcntl(ends[0], F_DUPFD_CLOEXEC, 0);
    }
    close(ends[0]);
    close(ends[1]);
  }
  return NULL;
}

int main(int argc, char** argv) {
  if (argc > 1) {
    int leaked = 0;
    for (int fd = 3; fd < 64; ++fd) leaked += fcntl(fd, F_GETFD) >= 0;
    return leaked;
  }
  for (int fd = 3; fd < 64; ++fd) close(fd);  // what the test's shell has left open
  const char* self = own_path();
  pthread_t threads[2];
  for (int i = 0; i < 2; ++i) pthread_create(&threads[i], NULL, open_and_close, (void*)(long)i);
  int leaked = 0;
  for (int i = 0; i < 100; ++i) {
    const pid_t child = fork();
    if (child == 0) {
      execl(self, argv[0], "count", (char*)NULL);
      _exit(99);
    }
    int status = 0;
    waitpid(child, &status, 0);
    if (status != 0) ++leaked;
  }
  ended = 1;
  for (int i = 0; i < 2; ++i) pthread_join(threads[i], NULL);
  printf("%d programs got descriptors\n", leaked);
  return 0;
}
