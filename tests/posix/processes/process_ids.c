// getpid, getppid and gettid in children, threads and signal handlers; ids are not used again while
// anybody may ask for them.
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <signal.h>

#include "process.h"

static pid_t in_thread[2];
static void* note(void* argument) {
  in_thread[0] = getpid();
  in_thread[1] = gettid();
  return argument;
}

int main(void) {
  setvbuf(stdout, NULL, _IONBF, 0);
  const pid_t self = getpid();
  pthread_t thread;
  pthread_create(&thread, NULL, note, NULL);
  pthread_join(thread, NULL);
  printf("thread: process %d, own id %d\n", in_thread[0] == self, in_thread[1] != self);
  pid_t child = fork();
  if (child == 0) {
    printf("child: %d %d %d\n", getpid() != self, getppid() == self, gettid() == getpid());
    pthread_create(&thread, NULL, note, NULL);
    pthread_join(thread, NULL);
    printf("its thread: %d %d\n", in_thread[0] == getpid(), in_thread[1] != getpid());
    const pid_t grandchild = fork();
    if (grandchild == 0) _exit(getppid() == self ? 1 : 2);
    printf("grandchild: %s\n", end_of(grandchild));
    _exit(0);
  }
  end_of(child);
  printf("gone: %d", kill(child, 0));
  printf(" %s\n", strerror(errno));

  // A zombie keeps its id: no new process gets it.
  const pid_t zombie = fork();
  if (zombie == 0) _exit(9);
  int reused = 0;
  for (int i = 0; i < 2000; ++i) {
    child = fork();
    if (child == 0) _exit(0);
    reused += child == zombie;
    waitpid(child, NULL, 0);
  }
  printf("reused %d, signals to a zombie %d %d, its group %d\n", reused, kill(zombie, 0),
         kill(zombie, SIGKILL), getpgid(zombie) == getpgrp());
  printf("still: %s\n", end_of(zombie));
  return 0;
}
