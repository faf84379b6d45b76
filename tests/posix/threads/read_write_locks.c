// Read-write locks: sharing, who is let in while a writer waits, timeouts, errors.
#include "../report.h"

#include <pthread.h>
#include <time.h>
#include <unistd.h>

static pthread_rwlock_t lock = PTHREAD_RWLOCK_INITIALIZER;
static int shared_value, errors;

static void* try_both(void* unused) {
  int read = pthread_rwlock_tryrdlock(&lock);
  if (read == 0) pthread_rwlock_unlock(&lock);
  int write = pthread_rwlock_trywrlock(&lock);
  if (write == 0) pthread_rwlock_unlock(&lock);
  printf("others: read %s, write %s\n", strerrorname_np(read), strerrorname_np(write));
  return NULL;
}

static void others(void) {
  pthread_t thread;
  pthread_create(&thread, NULL, try_both, NULL);
  pthread_join(thread, NULL);
}

static void* write_it(void* unused) {
  pthread_rwlock_wrlock(&lock);
  pthread_rwlock_unlock(&lock);
  return NULL;
}

static void* read_or_write(void* argument) {
  int writes = *(int*)argument;
  for (int i = 0; i < 2000; i++) {
    if (writes) {
      pthread_rwlock_wrlock(&lock);
      shared_value++;
      if (shared_value % 2 != 1) __atomic_add_fetch(&errors, 1, __ATOMIC_RELAXED);
      shared_value++;
    } else {
      pthread_rwlock_rdlock(&lock);
      if (shared_value % 2 != 0) __atomic_add_fetch(&errors, 1, __ATOMIC_RELAXED);
    }
    pthread_rwlock_unlock(&lock);
  }
  return NULL;
}

int main(void) {
  others();
  SHOW_ERROR(pthread_rwlock_rdlock(&lock));
  SHOW_ERROR(pthread_rwlock_rdlock(&lock));
  others();
  SHOW_ERROR(pthread_rwlock_trywrlock(&lock));
  SHOW_ERROR(pthread_rwlock_unlock(&lock));
  SHOW_ERROR(pthread_rwlock_unlock(&lock));
  SHOW_ERROR(pthread_rwlock_wrlock(&lock));
  others();
  SHOW_ERROR(pthread_rwlock_wrlock(&lock));
  SHOW_ERROR(pthread_rwlock_rdlock(&lock));
  SHOW_ERROR(pthread_rwlock_unlock(&lock));
  struct timespec until;
  clock_gettime(CLOCK_REALTIME, &until);
  SHOW_ERROR(pthread_rwlock_rdlock(&lock));
  SHOW_ERROR(pthread_rwlock_timedwrlock(&lock, &until));
  SHOW_ERROR(pthread_rwlock_timedrdlock(&lock, &until));
  until.tv_nsec = -1;
  SHOW_ERROR(pthread_rwlock_timedwrlock(&lock, &until));
  SHOW_ERROR(pthread_rwlock_unlock(&lock));
  SHOW_ERROR(pthread_rwlock_unlock(&lock));

  // A waiting writer keeps readers out only if the lock prefers writers.
  pthread_rwlockattr_t attributes;
  pthread_rwlockattr_init(&attributes);
  static const int kinds[] = {PTHREAD_RWLOCK_PREFER_READER_NP,
                              PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP};
  for (int i = 0; i < 2; i++) {
    SHOW_ERROR(pthread_rwlockattr_setkind_np(&attributes, kinds[i]));
    pthread_rwlock_init(&lock, &attributes);
    pthread_rwlock_rdlock(&lock);
    pthread_t writer;
    pthread_create(&writer, NULL, write_it, NULL);
    usleep(200000);
    others();
    pthread_rwlock_unlock(&lock);
    pthread_join(writer, NULL);
    SHOW_ERROR(pthread_rwlock_destroy(&lock));
  }
  SHOW_ERROR(pthread_rwlockattr_setkind_np(&attributes, 9));
  pthread_rwlock_init(&lock, NULL);
  pthread_t threads[4];
  int roles[4] = {1, 0, 1, 0};
  for (int i = 0; i < 4; i++) pthread_create(&threads[i], NULL, read_or_write, &roles[i]);
  for (int i = 0; i < 4; i++) pthread_join(threads[i], NULL);
  printf("value %d, errors %d\n", shared_value, errors);
  return 0;
}
