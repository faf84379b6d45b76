// Semaphores in shared memory, and named ones: counting, waiting with a limit, unlinking.
#include <errno.h>
#include <fcntl.h>
#include <semaphore.h>
#include <sys/mman.h>
#include <time.h>

#include "process.h"

int main(void) {
  setvbuf(stdout, NULL, _IONBF, 0);
  sem_t* pair =
      mmap(NULL, 2 * sizeof *pair, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  sem_init(&pair[0], 1, 0);
  sem_init(&pair[1], 1, 0);
  pid_t child = fork();
  if (child == 0) {
    for (int i = 0; i < 20000; ++i) {
      sem_wait(&pair[0]);
      sem_post(&pair[1]);
    }
    _exit(0);
  }
  for (int i = 0; i < 20000; ++i) {
    sem_post(&pair[0]);
    sem_wait(&pair[1]);
  }
  int value = -1;
  printf("%s", end_of(child));
  sem_getvalue(&pair[0], &value);
  printf(", value %d\n", value);
  struct timespec soon;
  clock_gettime(CLOCK_REALTIME, &soon);
  soon.tv_nsec = 0;
  printf("try %d", sem_trywait(&pair[0]));
  printf(" %s", strerror(errno));
  printf(", timed %d", sem_timedwait(&pair[0], &soon));
  printf(" %s\n", strerror(errno));

  char name[64];
  snprintf(name, sizeof name, "/semaphore-%d", (int)getpid());
  sem_t* named = sem_open(name, O_CREAT | O_EXCL, 0600, 2);
  printf("made %d", named != SEM_FAILED);
  printf(", again %d", sem_open(name, O_CREAT | O_EXCL, 0600, 2) == SEM_FAILED);
  printf(" %s\n", strerror(errno));
  child = fork();
  if (child == 0) {
    sem_t* own = sem_open(name, 0);  // by its name
    if (own == SEM_FAILED) _exit(1);
    for (int i = 0; i < 5; ++i) sem_post(own);
    sem_post(named);  // and as it was inherited
    _exit(0);
  }
  int taken = 0;
  while (taken < 8 && sem_wait(named) == 0) ++taken;
  printf("%s, taken %d, left %d\n", end_of(child), taken, sem_trywait(named));
  printf("unlink %d", sem_unlink(name));
  printf(", again %d", sem_unlink(name));
  printf(" %s", strerror(errno));
  printf(", open %d\n", sem_open(name, 0) == SEM_FAILED);
  sem_post(named);
  printf("still works: %d\n", sem_wait(named));
  return 0;
}
