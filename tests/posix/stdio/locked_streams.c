// flockfile and streams used by several threads at once.
#include "../report.h"

#include <pthread.h>
#include <stdio_ext.h>
#include <unistd.h>

static FILE* file;

static void* write_lines(void* argument) {
  const char* letter = argument;
  for (int i = 0; i < 300; i++) {
    if (i % 3 == 0) {
      fprintf(file, "%s%s%s%s\n", letter, letter, letter, letter);
    } else {
      flockfile(file);
      for (int k = 0; k < 4; k++) putc_unlocked(*letter, file);
      fputs("\n", file);
      funlockfile(file);
    }
  }
  return NULL;
}

static void* try_lock(void* unused) {
  printf("others: %d\n", ftrylockfile(file) != 0);
  return NULL;
}

int main(void) {
  pthread_t threads[4];
  file = fopen("file", "w");
  for (int i = 0; i < 4; i++)
    pthread_create(&threads[i], NULL, write_lines, (void*)&"a\0b\0c\0d"[2 * i]);
  for (int i = 0; i < 4; i++) pthread_join(threads[i], NULL);
  flockfile(file);
  SHOW(ftrylockfile(file));
  pthread_create(&threads[0], NULL, try_lock, NULL);
  pthread_join(threads[0], NULL);
  funlockfile(file);
  funlockfile(file);
  fclose(file);
  int counts[4] = {0}, broken = 0;
  char line[16];
  file = fopen("file", "r");
  while (fgets(line, sizeof line, file) != NULL) {
    if (strlen(line) == 5 && line[0] == line[1] && line[1] == line[2] && line[2] == line[3]) {
      counts[line[0] - 'a']++;
    } else {
      broken++;
    }
  }
  printf("%d %d %d %d, broken %d\n", counts[0], counts[1], counts[2], counts[3], broken);
  SHOW(__fsetlocking(file, FSETLOCKING_BYCALLER));
  SHOW(__fsetlocking(file, FSETLOCKING_QUERY));
  return 0;
}
