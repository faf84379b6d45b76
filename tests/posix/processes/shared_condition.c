// A process-shared condition variable: signal wakes one, broadcast all; and a queue on top of it.
#include <pthread.h>
#include <sys/mman.h>

#include "process.h"

enum { SLOTS = 8, ITEMS = 20000 };
struct shared {
  pthread_mutex_t mutex;
  pthread_cond_t not_empty, not_full, go;
  int queue[SLOTS], count, next;
  int waiting, gone;
};

static struct shared* shared;

static void put(int item) {
  pthread_mutex_lock(&shared->mutex);
  while (shared->count == SLOTS) pthread_cond_wait(&shared->not_full, &shared->mutex);
  shared->queue[(shared->next + shared->count++) % SLOTS] = item;
  pthread_cond_signal(&shared->not_empty);
  pthread_mutex_unlock(&shared->mutex);
}
static int get(void) {
  pthread_mutex_lock(&shared->mutex);
  while (shared->count == 0) pthread_cond_wait(&shared->not_empty, &shared->mutex);
  const int item = shared->queue[shared->next];
  shared->next = (shared->next + 1) % SLOTS;
  --shared->count;
  pthread_cond_signal(&shared->not_full);
  pthread_mutex_unlock(&shared->mutex);
  return item;
}

int main(void) {
  shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  pthread_mutexattr_t mutex;
  pthread_mutexattr_init(&mutex);
  pthread_mutexattr_setpshared(&mutex, PTHREAD_PROCESS_SHARED);
  pthread_mutex_init(&shared->mutex, &mutex);
  pthread_condattr_t condition;
  pthread_condattr_init(&condition);
  pthread_condattr_setpshared(&condition, PTHREAD_PROCESS_SHARED);
  pthread_cond_init(&shared->not_empty, &condition);
  pthread_cond_init(&shared->not_full, &condition);
  pthread_cond_init(&shared->go, &condition);
  int results[2];
  pipe(results);
  for (int i = 0; i < 3; ++i) {
    if (fork() == 0) {
      long sum = 0;
      for (int item; (item = get()) >= 0;) sum += item;
      write(results[1], &sum, sizeof sum);
      _exit(0);
    }
  }
  for (int i = 0; i < 2; ++i) {
    if (fork() == 0) {
      for (int j = i; j < ITEMS; j += 2) put(j);
      _exit(1);
    }
  }
  int status;
  for (int i = 0; i < 2; ++i) wait(&status);
  for (int i = 0; i < 3; ++i) put(-1);
  long total = 0, part;
  for (int i = 0; i < 3; ++i) {
    read_fully(results[0], &part, sizeof part);
    total += part;
  }
  while (wait(NULL) > 0) continue;
  printf("sum of %d items: %ld\n", ITEMS, total);

  for (int i = 0; i < 10; ++i) {
    if (fork() == 0) {
      pthread_mutex_lock(&shared->mutex);
      ++shared->waiting;
      while (!shared->gone) pthread_cond_wait(&shared->go, &shared->mutex);
      --shared->waiting;
      pthread_mutex_unlock(&shared->mutex);
      _exit(0);
    }
  }
  while (1) {
    pthread_mutex_lock(&shared->mutex);
    const int waiting = shared->waiting;
    if (waiting == 10) shared->gone = 1;
    if (waiting == 10) pthread_cond_broadcast(&shared->go);
    pthread_mutex_unlock(&shared->mutex);
    if (waiting == 10) break;
    usleep(1000);
  }
  while (wait(NULL) > 0) continue;
  printf("still waiting after a broadcast: %d\n", shared->waiting);
  return 0;
}
