// File input and output in a directory that was granted.
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int main(void) {
  FILE* file = fopen("data/lines.txt", "w");
  if (file == NULL) return 1;
  for (int i = 0; i < 1000; i++) fprintf(file, "line %d of the file\n", i);
  fclose(file);
  file = fopen("data/lines.txt", "r+");
  char line[100];
  int lines = 0;
  while (fgets(line, sizeof line, file) != NULL) lines++;
  printf("%d lines, end %d, at %ld\n", lines, feof(file) != 0, ftell(file));
  fseek(file, 5, SEEK_SET);
  fputs("X", file);
  fseek(file, -10, SEEK_END);
  printf("%s", fgets(line, sizeof line, file));
  rewind(file);
  printf("%s", fgets(line, sizeof line, file));
  fclose(file);
  file = fopen("data/lines.txt", "a");
  fputs("the end", file);
  fclose(file);
  struct stat status;
  printf("%d %lld %d\n", stat("data/lines.txt", &status), (long long)status.st_size,
         S_ISREG(status.st_mode));
  int fd = open("data/raw", O_CREAT | O_EXCL | O_RDWR, 0600);
  printf("%zd\n", write(fd, "0123456789", 10));
  printf("%zd\n", pwrite(fd, "ab", 2, 4));
  char buffer[20] = "";
  printf("%zd %s\n", pread(fd, buffer, sizeof buffer, 2), buffer);
  printf("%d %lld\n", ftruncate(fd, 3), (long long)lseek(fd, 0, SEEK_END));
  close(fd);
  printf("%d %d\n", open("data/raw", O_CREAT | O_EXCL | O_RDWR, 0600), errno == EEXIST);
  printf("%d %d\n", open("data/absent", O_RDONLY), errno == ENOENT);
  printf("%d\n", rename("data/raw", "data/renamed"));
  printf("%d %d\n", unlink("data/renamed"), unlink("data/lines.txt"));
  printf("%d %d\n", close(fd), errno == EBADF);
}
