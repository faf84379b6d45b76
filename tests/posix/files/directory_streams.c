// readdir, rewinddir and scandir, and getdents64 with buffers that are too small.
#include "../report.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static int count(DIR* directory) {
  int entries = 0;
  while (readdir(directory) != NULL) entries++;
  return entries;
}

int main(void) {
  char name[32];
  SHOW(mkdir("many", 0755));
  for (int i = 0; i < 700; i++) {
    snprintf(name, sizeof name, "many/entry-%d", i);
    close(creat(name, 0600));
  }
  DIR* directory = SHOW_POINTER(opendir("many"));
  printf("entries: %d\n", count(directory));
  rewinddir(directory);
  printf("again: %d\n", count(directory));

  // Removing what was read already loses nothing.
  rewinddir(directory);
  int removed = 0;
  for (struct dirent* entry; (entry = readdir(directory)) != NULL;) {
    if (entry->d_name[0] != '.') removed += unlinkat(dirfd(directory), entry->d_name, 0) == 0;
  }
  printf("removed: %d\n", removed);
  SHOW(closedir(directory));
  SHOW(rmdir("many"));

  mkdir("types", 0755);
  close(creat("types/file", 0600));
  mkdir("types/directory", 0700);
  mkfifo("types/fifo", 0600);
  symlink("file", "types/link");
  struct dirent** entries;
  int found = SHOW(scandir("types", &entries, NULL, alphasort));
  for (int i = 0; i < found; i++) printf("%s %d\n", entries[i]->d_name, entries[i]->d_type);

  int fd = SHOW_OPEN(open("types", O_RDONLY));
  char buffer[2048];
  SHOW(syscall(SYS_getdents64, fd, buffer, 20));
  printf("something: %d\n", syscall(SYS_getdents64, fd, buffer, sizeof buffer) > 0);
  SHOW(syscall(SYS_getdents64, fd, buffer, sizeof buffer));
  SHOW(syscall(SYS_getdents64, fd, (void*)8, 1000));
  SHOW(lseek(fd, 0, SEEK_SET));
  SHOW(syscall(SYS_getdents64, fd, (void*)8, 1000));
  int file = open("types/file", O_RDONLY);
  SHOW_POINTER(fdopendir(file));
  SHOW(syscall(SYS_getdents64, file, buffer, sizeof buffer));
  SHOW_POINTER(opendir("types/file"));
  SHOW_POINTER(opendir("missing"));
  SHOW_POINTER(opendir(""));
  SHOW_POINTER(fdopendir(-1));
  rmdir("types/directory");
  directory = fdopendir(dup(fd));
  SHOW(dirfd(directory) >= 0);
  return 0;
}
