// Semaphores: unnamed, named, limits, timeouts, across processes.
#include "../report.h"

#include <fcntl.h>
#include <limits.h>
#include <semaphore.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

int main(void) {
  sem_t semaphore;
  int value = -1;
  SHOW(sem_init(&semaphore, 0, 2));
  SHOW(sem_trywait(&semaphore));
  SHOW(sem_wait(&semaphore));
  SHOW(sem_trywait(&semaphore));
  SHOW(sem_getvalue(&semaphore, &value));
  SHOW(value);
  struct timespec until;
  clock_gettime(CLOCK_REALTIME, &until);
  SHOW(sem_timedwait(&semaphore, &until));
  until.tv_nsec = 1000000000;
  SHOW(sem_timedwait(&semaphore, &until));
  SHOW(sem_post(&semaphore));
  SHOW(sem_timedwait(&semaphore, &until));
  clock_gettime(CLOCK_MONOTONIC, &until);
  SHOW(sem_clockwait(&semaphore, CLOCK_MONOTONIC, &until));
  SHOW(sem_clockwait(&semaphore, CLOCK_PROCESS_CPUTIME_ID, &until));
  SHOW(sem_init(&semaphore, 0, (unsigned)SEM_VALUE_MAX + 1));
  SHOW(sem_init(&semaphore, 0, SEM_VALUE_MAX));
  SHOW(sem_post(&semaphore));
  SHOW(sem_destroy(&semaphore));

  sem_t* shared =
      mmap(0, 2 * sizeof(sem_t), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  sem_init(&shared[0], 1, 0);
  sem_init(&shared[1], 1, 0);
  fflush(stdout);
  if (fork() == 0) {
    for (int i = 0; i < 1000; i++) {
      sem_wait(&shared[0]);
      sem_post(&shared[1]);
    }
    _exit(0);
  }
  for (int i = 0; i < 1000; i++) {
    sem_post(&shared[0]);
    sem_wait(&shared[1]);
  }
  wait(NULL);
  puts("a thousand rounds");

  sem_unlink("/linden-two-world");
  SHOW_POINTER(sem_open("/linden-two-world", 0));
  sem_t* named = SHOW_POINTER(sem_open("/linden-two-world", O_CREAT | O_EXCL, 0600, 3));
  SHOW_POINTER(sem_open("/linden-two-world", O_CREAT | O_EXCL, 0600, 3));
  sem_t* again = SHOW_POINTER(sem_open("/linden-two-world", O_CREAT, 0600, 9));
  SHOW(again == named);
  SHOW(sem_getvalue(again, &value));
  SHOW(value);
  SHOW(sem_close(again));
  SHOW(sem_wait(named));
  SHOW(sem_unlink("/linden-two-world"));
  SHOW(sem_unlink("/linden-two-world"));
  SHOW(sem_post(named));
  SHOW(sem_getvalue(named, &value));
  SHOW(value);
  SHOW(sem_close(named));
  SHOW(sem_close(&semaphore));
  SHOW_POINTER(sem_open("/", O_CREAT, 0600, 1));
  SHOW_POINTER(sem_open("/a/b", O_CREAT, 0600, 1));
  SHOW_POINTER(sem_open("/too-much", O_CREAT, 0600, (unsigned)SEM_VALUE_MAX + 1));
  return 0;
}
