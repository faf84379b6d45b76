// O_APPEND: every write goes to the end, whatever others did meanwhile.
#include "../report.h"

#include <fcntl.h>
#include <pthread.h>
#include <unistd.h>

static void* append(void* character) {
  int fd = open("log", O_WRONLY | O_APPEND);
  char line[16];
  memset(line, *(char*)character, sizeof line);
  line[15] = '\n';
  for (int i = 0; i < 200; i++) write(fd, line, sizeof line);
  close(fd);
  return NULL;
}

int main(void) {
  char text[64];
  int first = open("file", O_CREAT | O_RDWR | O_APPEND, 0644);
  int second = open("file", O_RDWR);
  SHOW(write(first, "one", 3));
  SHOW(lseek(second, 10, SEEK_SET));
  SHOW(write(second, "two", 3));
  SHOW(lseek(first, 0, SEEK_SET));
  SHOW(write(first, "three", 5));
  SHOW(lseek(first, 0, SEEK_CUR));
  SHOW(pread(second, text, sizeof text, 0));
  report_bytes("file", text, 18);
  SHOW(read(first, text, 1));
  SHOW(lseek(first, 2, SEEK_SET));
  SHOW(read(first, text, 1));
  report_bytes("reading starts where asked", text, 1);
  SHOW(fcntl(first, F_SETFL, 0));
  SHOW(lseek(first, 0, SEEK_SET));
  SHOW(write(first, "ONE", 3));
  SHOW(fcntl(second, F_SETFL, O_APPEND));
  SHOW(write(second, "end", 3));
  SHOW(ftruncate(second, 2));
  SHOW(write(second, "end", 3));
  SHOW(pread(second, text, sizeof text, 0));
  report_bytes("file", text, 5);

  // Lines of several threads stay whole.
  close(creat("log", 0644));
  pthread_t threads[3];
  for (int i = 0; i < 3; i++) pthread_create(&threads[i], NULL, append, &"abc"[i]);
  for (int i = 0; i < 3; i++) pthread_join(threads[i], NULL);
  FILE* log = fopen("log", "r");
  int counts[3] = {0}, broken = 0;
  while (fgets(text, sizeof text, log) != NULL) {
    int whole = strlen(text) == 16;
    for (int i = 1; i < 15; i++) whole &= text[i] == text[0];
    if (!whole || text[0] < 'a' || text[0] > 'c') {
      broken++;
    } else {
      counts[text[0] - 'a']++;
    }
  }
  printf("%d %d %d, broken: %d\n", counts[0], counts[1], counts[2], broken);
  return 0;
}
