// Making, listing and removing directories.
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int compare(const void* a, const void* b) { return strcmp(a, b); }

static void list(const char* path) {
  static char names[300][32];
  int count = 0;
  DIR* directory = opendir(path);
  if (directory == NULL) {
    printf("cannot open\n");
    return;
  }
  for (struct dirent* entry; (entry = readdir(directory)) != NULL;) {
    if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
    strcpy(names[count++], entry->d_name);
  }
  closedir(directory);
  qsort(names, (size_t)count, sizeof *names, compare);
  printf("%d:", count);
  for (int i = 0; i < count; i += count > 20 ? 17 : 1) printf(" %s", names[i]);
  puts("");
}

int main(void) {
  char path[64];
  printf("%d\n", mkdir("data/sub", 0700));
  printf("%d %d\n", mkdir("data/sub", 0700), errno == EEXIST);
  for (int i = 0; i < 250; i++) {
    snprintf(path, sizeof path, "data/sub/file%03d", i);
    FILE* file = fopen(path, "w");
    if (file == NULL) return 1;
    fclose(file);
  }
  mkdir("data/sub/inner", 0700);
  list("data");
  list("data/sub");
  list("data/absent");
  printf("%d %d\n", rmdir("data/sub"), errno == ENOTEMPTY || errno == EEXIST);
  for (int i = 0; i < 250; i++) {
    snprintf(path, sizeof path, "data/sub/file%03d", i);
    if (unlink(path) != 0) return 2;
  }
  list("data/sub");
  printf("%d %d\n", rmdir("data/sub/inner"), rmdir("data/sub"));
  list("data");
}
