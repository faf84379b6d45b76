// kill(2) with a thread's id is for its process: whichever thread wants the signal gets it.
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static pthread_barrier_t barrier;
static pid_t sleeper;
static volatile sig_atomic_t handled_by_main;

static void handle(int number) {
  (void)number;
  handled_by_main = gettid() == getpid();
}

static void* sleep_until_asked(void* end) {
  sleeper = gettid();
  pthread_barrier_wait(&barrier);
  char byte;
  read(*(int*)end, &byte, 1);
  return NULL;
}

int main(void) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGUSR1);
  pthread_sigmask(SIG_BLOCK, &set, NULL);
  signal(SIGUSR1, handle);
  int ends[2];
  pipe(ends);
  pthread_barrier_init(&barrier, NULL, 2);
  pthread_t thread;
  pthread_create(&thread, NULL, sleep_until_asked, ends);
  pthread_barrier_wait(&barrier);

  printf("exists: %d\n", kill(sleeper, 0));
  pthread_sigmask(SIG_UNBLOCK, &set, NULL);
  printf("kill: %d, by main: %d\n", kill(sleeper, SIGUSR1), handled_by_main);
  fflush(stdout);
  pid_t child = fork();
  if (child == 0) {
    printf("from another process: %d\n", kill(sleeper, 0));
    fflush(stdout);
    _exit(0);
  }
  waitpid(child, NULL, 0);
  write(ends[1], "", 1);
  pthread_join(thread, NULL);
  // Joined is when it has left its stack; its id is free a little later.
  for (int i = 0; i < 10000 && kill(sleeper, 0) == 0; ++i) usleep(1000);
  printf("gone: %d %s\n", kill(sleeper, 0), strerror(errno));
  return 0;
}
