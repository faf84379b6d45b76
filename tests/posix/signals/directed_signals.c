// pthread_kill and kill: to one thread, to any that lets it through; threads inherit masks.
#include "../report.h"

#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <unistd.h>

static pthread_t handled_by;
static sem_t handled, ready;
static volatile int stop;

static void handle(int number) {
  handled_by = pthread_self();
  sem_post(&handled);
}

static void* unblocked(void* unused) {
  sigset_t set;
  pthread_sigmask(SIG_SETMASK, NULL, &set);
  printf("inherited mask: %d\n", sigismember(&set, SIGUSR1));
  sigemptyset(&set);
  pthread_sigmask(SIG_SETMASK, &set, NULL);
  sem_post(&ready);
  while (!stop) usleep(1000);
  return NULL;
}

static void* blocked(void* unused) {
  sem_post(&ready);
  while (!stop) usleep(1000);
  sigset_t pending;
  sigpending(&pending);
  printf("pending in the thread: %d\n", sigismember(&pending, SIGUSR2));
  return NULL;
}

int main(void) {
  struct sigaction action = {.sa_handler = handle};
  sigaction(SIGUSR1, &action, NULL);
  sigaction(SIGUSR2, &action, NULL);
  sem_init(&handled, 0, 0);
  sem_init(&ready, 0, 0);
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGUSR1);
  sigaddset(&set, SIGUSR2);
  sigprocmask(SIG_BLOCK, &set, NULL);
  pthread_t open_thread, closed_thread;
  pthread_create(&open_thread, NULL, unblocked, NULL);
  sem_wait(&ready);
  pthread_create(&closed_thread, NULL, blocked, NULL);
  sem_wait(&ready);

  // The process's signal goes to the one thread that doesn't block it.
  SHOW(kill(getpid(), SIGUSR1));
  sem_wait(&handled);
  SHOW(pthread_equal(handled_by, open_thread) != 0);
  SHOW_ERROR(pthread_kill(open_thread, SIGUSR2));
  sem_wait(&handled);
  SHOW(pthread_equal(handled_by, open_thread) != 0);
  SHOW_ERROR(pthread_kill(closed_thread, SIGUSR2));
  SHOW_ERROR(pthread_kill(pthread_self(), SIGUSR1));
  sigset_t pending;
  sigpending(&pending);
  printf("pending in the main thread: %d %d\n", sigismember(&pending, SIGUSR1),
         sigismember(&pending, SIGUSR2));
  sigprocmask(SIG_UNBLOCK, &set, NULL);
  sem_wait(&handled);
  SHOW(pthread_equal(handled_by, pthread_self()) != 0);
  SHOW_ERROR(pthread_kill(open_thread, 0));
  SHOW_ERROR(pthread_kill(open_thread, 65));
  stop = 1;
  pthread_join(open_thread, NULL);
  pthread_join(closed_thread, NULL);
  int left = -1;
  sem_getvalue(&handled, &left);
  SHOW(left);
  return 0;
}
