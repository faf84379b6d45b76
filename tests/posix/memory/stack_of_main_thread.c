// libc learns the bounds of the main thread's stack from /proc/self/maps.
#define _GNU_SOURCE
#include <pthread.h>
#include <stdio.h>
#include <string.h>

int main(void) {
  char here;
  pthread_attr_t attributes;
  const int error = pthread_getattr_np(pthread_self(), &attributes);
  if (error != 0) {
    printf("%s\n", strerror(error));
    return 1;
  }
  void* start;
  size_t size;
  printf("%d\n", pthread_attr_getstack(&attributes, &start, &size));
  printf("%d\n", (char*)start <= &here && &here < (char*)start + size);
  return 0;
}
