// scandir with filters and orders; alphasort and versionsort.
#include "../report.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static int not_hidden(const struct dirent* entry) { return entry->d_name[0] != '.'; }
static int none(const struct dirent* entry) { return 0; }
static int backwards(const struct dirent** a, const struct dirent** b) {
  return strcmp((*b)->d_name, (*a)->d_name);
}

static void list(const char* what, int (*filter)(const struct dirent*),
                 int (*compare)(const struct dirent**, const struct dirent**)) {
  struct dirent** entries = NULL;
  int count = scandir("d", &entries, filter, compare);
  printf("%s: %d\n ", what, count);
  for (int i = 0; i < count; i++) {
    printf(" %s", entries[i]->d_name);
    free(entries[i]);
  }
  puts("");
  free(entries);
}

int main(void) {
  mkdir("d", 0755);
  int directory = open("d", O_RDONLY);
  const char* names[] = {"a10", "a9",  "a1",   "b",        "A", ".hidden",
                         "z 1", "a09", "a010", "\xc3\xa9", "_"};
  for (unsigned i = 0; i < sizeof names / sizeof names[0]; i++) {
    close(openat(directory, names[i], O_CREAT | O_WRONLY, 0644));
  }
  list("alphabetical", NULL, alphasort);
  list("by version", not_hidden, versionsort);
  list("backwards", not_hidden, backwards);
  list("none", none, alphasort);
  struct dirent** entries;
  SHOW(scandir("missing", &entries, NULL, alphasort));
  SHOW(scandir("d/b", &entries, NULL, NULL));
  SHOW(scandirat(directory, ".", &entries, not_hidden, alphasort));
  SHOW(strverscmp("file-1.9", "file-1.10") < 0);
  SHOW(strverscmp("001", "01") < 0);
  return 0;
}
