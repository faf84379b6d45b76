// A thread that is cancelled within stdio leaves no stream locked.
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static void* read_line(void* stream) {
  char line[100];
  fgets(line, sizeof line, stream);
  return NULL;
}

static void* read_block(void* stream) {
  char block[100];
  fread(block, 1, sizeof block, stream);
  return NULL;
}

static void* scan(void* stream) {
  int number;
  fscanf(stream, "%d", &number);
  return NULL;
}

static void* read_character(void* stream) {
  getc(stream);
  return NULL;
}

static void cancel_in(const char* name, void* (*function)(void*)) {
  int ends[2];
  if (pipe(ends) != 0) abort();
  FILE* stream = fdopen(ends[0], "r");
  pthread_t thread;
  pthread_create(&thread, NULL, function, stream);
  usleep(100000);  // so that it waits for input; cancelled earlier, it would end all the same
  pthread_cancel(thread);
  void* result;
  pthread_join(thread, &result);
  printf("%s: cancelled %d, locked %d\n", name, result == PTHREAD_CANCELED,
         ftrylockfile(stream) != 0);
}

int main(void) {
  cancel_in("fgets", read_line);
  cancel_in("fread", read_block);
  cancel_in("fscanf", scan);
  cancel_in("getc", read_character);
}
