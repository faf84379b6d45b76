// Descriptors inherited by fork share the open file: its offset and its flags, but not
// close-on-exec.
#include <fcntl.h>

#include "process.h"

int main(void) {
  const int file = open("file", O_RDWR | O_CREAT | O_TRUNC, 0600);
  const int own = open("file", O_RDONLY);
  write(file, "abcdefghij", 10);
  lseek(file, 2, SEEK_SET);
  pid_t child = fork();
  if (child == 0) {
    char c[3] = "";
    read(file, c, 2);
    fcntl(file, F_SETFL, O_APPEND);
    fcntl(file, F_SETFD, FD_CLOEXEC);
    read(own, c + 2, 1);
    _exit(c[0] == 'c' && c[1] == 'd' && c[2] == 'a' ? 1 : 2);
  }
  printf("%s\n", end_of(child));
  printf("offset %ld, append %d, close on exec %d\n", (long)lseek(file, 0, SEEK_CUR),
         (fcntl(file, F_GETFL) & O_APPEND) != 0, fcntl(file, F_GETFD));
  write(file, "K", 1);
  printf("at the end: %ld\n", (long)lseek(file, 0, SEEK_CUR));

  // Several children write through one description: nothing is overwritten.
  fcntl(file, F_SETFL, 0);
  ftruncate(file, 0);
  lseek(file, 0, SEEK_SET);
  for (int i = 0; i < 8; ++i) {
    if (fork() == 0) {
      for (int j = 0; j < 100; ++j) write(file, "0123456789", 10);
      _exit(0);
    }
  }
  while (wait(NULL) > 0) continue;
  printf("all together: %ld\n", (long)lseek(file, 0, SEEK_END));
  return 0;
}
