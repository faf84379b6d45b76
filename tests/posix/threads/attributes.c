// pthread_attr_t: defaults, what is set and got, what is refused, and that threads get it.
#include "../report.h"

#include <limits.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

// Whoever holds it prints.
static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;
static sem_t shown;

static void* show(void* stack) {
  pthread_mutex_lock(&turn);
  pthread_attr_t attributes;
  size_t size = 0, guard = 0;
  void* base = NULL;
  int state = -1;
  char here;
  SHOW_ERROR(pthread_getattr_np(pthread_self(), &attributes));
  SHOW_ERROR(pthread_attr_getstack(&attributes, &base, &size));
  printf("on its stack: %d, at least %d\n", &here >= (char*)base && &here < (char*)base + size,
         size >= 256 * 1024);
  if (stack != NULL)
    printf("on ours: %d\n", &here >= (char*)stack && &here < (char*)stack + (1 << 20));
  SHOW_ERROR(pthread_attr_getdetachstate(&attributes, &state));
  SHOW(state);
  pthread_attr_destroy(&attributes);
  pthread_mutex_unlock(&turn);
  sem_post(&shown);
  return stack;
}

int main(void) {
  pthread_attr_t attributes;
  struct sched_param parameter = {-1};
  int value = -1;
  size_t size = 0;
  SHOW_ERROR(pthread_attr_init(&attributes));
  SHOW_ERROR(pthread_attr_getdetachstate(&attributes, &value));
  SHOW(value == PTHREAD_CREATE_JOINABLE);
  SHOW_ERROR(pthread_attr_getinheritsched(&attributes, &value));
  SHOW(value == PTHREAD_INHERIT_SCHED);
  SHOW_ERROR(pthread_attr_getschedpolicy(&attributes, &value));
  SHOW(value == SCHED_OTHER);
  SHOW_ERROR(pthread_attr_getschedparam(&attributes, &parameter));
  SHOW(parameter.sched_priority);
  SHOW_ERROR(pthread_attr_getscope(&attributes, &value));
  SHOW(value == PTHREAD_SCOPE_SYSTEM);
  SHOW_ERROR(pthread_attr_getguardsize(&attributes, &size));
  SHOW(size);
  SHOW_ERROR(pthread_attr_setdetachstate(&attributes, 9));
  SHOW_ERROR(pthread_attr_setinheritsched(&attributes, 9));
  SHOW_ERROR(pthread_attr_setschedpolicy(&attributes, 9));
  SHOW_ERROR(pthread_attr_setscope(&attributes, PTHREAD_SCOPE_PROCESS));
  SHOW_ERROR(pthread_attr_setstacksize(&attributes, 100));
  SHOW_ERROR(pthread_attr_setstacksize(&attributes, 1 << 20));
  SHOW_ERROR(pthread_attr_getstacksize(&attributes, &size));
  SHOW(size);
  parameter.sched_priority = 5;
  SHOW_ERROR(pthread_attr_setschedparam(&attributes, &parameter));
  SHOW_ERROR(pthread_attr_setschedpolicy(&attributes, SCHED_FIFO));
  SHOW_ERROR(pthread_attr_setschedparam(&attributes, &parameter));
  SHOW_ERROR(pthread_attr_setschedpolicy(&attributes, SCHED_OTHER));

  pthread_t thread;
  pthread_mutex_lock(&turn);
  SHOW_ERROR(pthread_create(&thread, &attributes, show, NULL));
  pthread_mutex_unlock(&turn);
  sem_wait(&shown);
  SHOW_ERROR(pthread_join(thread, NULL));
  char* stack = mmap(0, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  SHOW_ERROR(pthread_attr_setstack(&attributes, stack, 1 << 20));
  pthread_mutex_lock(&turn);
  SHOW_ERROR(pthread_create(&thread, &attributes, show, stack));
  pthread_mutex_unlock(&turn);
  sem_wait(&shown);
  SHOW_ERROR(pthread_join(thread, NULL));
  SHOW_ERROR(pthread_attr_destroy(&attributes));
  SHOW_ERROR(pthread_attr_init(&attributes));
  SHOW_ERROR(pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED));
  pthread_mutex_lock(&turn);
  SHOW_ERROR(pthread_create(&thread, &attributes, show, NULL));
  pthread_mutex_unlock(&turn);
  sem_wait(&shown);
  SHOW_ERROR(pthread_join(pthread_self(), NULL));
  SHOW_ERROR(pthread_getattr_default_np(&attributes));
  SHOW_ERROR(pthread_attr_getdetachstate(&attributes, &value));
  SHOW(value);
  return 0;
}
