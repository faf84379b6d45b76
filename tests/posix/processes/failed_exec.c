// After exec has failed, everything is as before: memory, threads, descriptors, handlers, children.
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "process.h"

static atomic_int ticks, ended;
static volatile sig_atomic_t handled;
static void on_signal(int number) {
  (void)number;
  ++handled;
}
static void* tick(void* argument) {
  while (!ended) {
    ++ticks;
    usleep(100);
  }
  return argument;
}

int main(void) {
  char* memory = malloc(1 << 20);
  memset(memory, 'm', 1 << 20);
  signal(SIGUSR1, on_signal);
  const int kept = open("/dev/null", O_RDONLY | O_CLOEXEC);
  pthread_t thread;
  pthread_create(&thread, NULL, tick, NULL);
  const pid_t child = fork();
  if (child == 0) {
    usleep(1000);
    _exit(6);
  }
  const int file = open("text", O_WRONLY | O_CREAT, 0755);
  write(file, "no program", 10);
  close(file);
  const char* paths[] = {"missing", "text", "/", "", "text/below"};
  for (int i = 0; i < 5; ++i) {
    execl(paths[i], "x", (char*)NULL);
    printf("%s: %s\n", paths[i], strerror(errno));
  }
  execve("missing", (char**)8, NULL);
  printf("bad arguments: %s\n", strerror(errno));
  execve((char*)8, NULL, NULL);
  printf("bad path: %s\n", strerror(errno));
  const int before = ticks;
  usleep(20000);
  raise(SIGUSR1);
  printf("thread runs %d, handled %d, descriptor %d, memory %c, child %s\n", ticks > before,
         handled, fcntl(kept, F_GETFD), memory[(1 << 20) - 1], end_of(child));
  ended = 1;
  pthread_join(thread, NULL);
  return 0;
}
