// /proc/self/task has a directory for each thread that runs.
#define _GNU_SOURCE
#include <dirent.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static pthread_barrier_t barrier;
static pid_t id_of_other;

// Reads from the start what is open since the beginning: what it shows is not what was.
static int count(pid_t wanted, int* found) {
  static DIR* directory;
  if (directory == NULL) directory = opendir("/proc/self/task");
  rewinddir(directory);
  int entries = 0;
  *found = 0;
  for (struct dirent* entry; directory && (entry = readdir(directory));) {
    if (entry->d_name[0] == '.') continue;
    ++entries;
    *found |= atoi(entry->d_name) == wanted;
  }
  return entries;
}

static void* wait_twice(void* is_other) {
  if (is_other) id_of_other = gettid();
  pthread_barrier_wait(&barrier);
  pthread_barrier_wait(&barrier);
  return NULL;
}

int main(void) {
  int found;
  printf("%d", count(getpid(), &found));
  printf(" %d\n", found);
  pthread_barrier_init(&barrier, NULL, 3);
  pthread_t threads[2];
  for (int i = 0; i < 2; ++i)
    pthread_create(&threads[i], NULL, wait_twice, i == 0 ? &barrier : NULL);
  pthread_barrier_wait(&barrier);
  printf("%d", count(id_of_other, &found));
  printf(" %d\n", found);
  char path[64];
  snprintf(path, sizeof path, "/proc/self/task/%d/comm", id_of_other);
  printf("comm: %d\n", access(path, R_OK));
  printf("nobody: %d\n", access("/proc/self/task/4000000/comm", R_OK));
  pthread_barrier_wait(&barrier);
  for (int i = 0; i < 2; ++i) pthread_join(threads[i], NULL);
  // The kernel may not have let go of them yet.
  while (count(id_of_other, &found) > 1) usleep(1000);
  printf("%d\n", found);
  return 0;
}
