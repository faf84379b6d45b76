/* pthread_cancel, cleanup handlers, cancellation points that wait. */
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

static void clean(void* argument) { printf("clean %s\n", (const char*)argument); }

static void* waiting(void* argument) {
  int* pipe_end = argument;
  char byte;
  pthread_cleanup_push(clean, "outer");
  pthread_cleanup_push(clean, "inner");
  pthread_setcanceltype(PTHREAD_CANCEL_DEFERRED, NULL);
  read(*pipe_end, &byte, 1);
  puts("not cancelled");
  pthread_cleanup_pop(0);
  pthread_cleanup_pop(0);
  return NULL;
}

static void* testing(void* argument) {
  (void)argument;
  pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, NULL);
  pthread_cancel(pthread_self());
  pthread_testcancel();
  puts("disabled");
  pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, NULL);
  pthread_testcancel();
  puts("not reached");
  return NULL;
}

static void* popping(void* argument) {
  pthread_cleanup_push(clean, "popped");
  pthread_cleanup_pop(1);
  return argument;
}

int main(void) {
  int ends[2];
  pthread_t thread;
  void* result;
  if (pipe(ends) != 0) return 1;
  pthread_create(&thread, NULL, waiting, &ends[0]);
  usleep(10000);
  pthread_cancel(thread);
  pthread_join(thread, &result);
  printf("%s\n", result == PTHREAD_CANCELED ? "cancelled" : "returned");
  pthread_create(&thread, NULL, testing, NULL);
  pthread_join(thread, &result);
  printf("%s\n", result == PTHREAD_CANCELED ? "cancelled" : "returned");
  pthread_create(&thread, NULL, popping, (void*)5);
  pthread_join(thread, &result);
  printf("%d\n", (int)(intptr_t)result);
  return 0;
}
