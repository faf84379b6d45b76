// A wake-up of a futex is done and counted, whatever signals arrive meanwhile: only waits are
// interrupted.
#define _GNU_SOURCE
#include <errno.h>
#include <linux/futex.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { kWakeUps = 20000, kSenders = 3 };

static pthread_t target;
static atomic_int done, word;

static void handle(int number) { (void)number; }

static void* send(void* unused) {
  const struct timespec pause = {0, 20000};
  while (!done) {
    pthread_kill(target, SIGUSR1);
    nanosleep(&pause, NULL);
  }
  return unused;
}

int main(void) {
  target = pthread_self();
  signal(SIGUSR1, handle);
  pthread_t senders[kSenders];
  for (int i = 0; i < kSenders; ++i) pthread_create(&senders[i], NULL, send, NULL);
  int failures = 0;
  for (int i = 0; i < kWakeUps; ++i) {
    failures += syscall(SYS_futex, &word, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0) != 0;
    failures += syscall(SYS_futex, &word, FUTEX_CMP_REQUEUE_PRIVATE, 1, 1, &done, 0) != 0;
  }
  done = 1;
  for (int i = 0; i < kSenders; ++i) pthread_join(senders[i], NULL);
  printf("failures: %d\n", failures);
  return 0;
}
