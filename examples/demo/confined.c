// Tries to open the files named by its arguments and says how that went.
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int main(int argc, char** argv) {
  for (int i = 1; i < argc; i++) {
    const int fd = open(argv[i], O_RDONLY);
    if (fd < 0) {
      printf("  %-22s refused: %s\n", argv[i], strerror(errno));
      continue;
    }
    char text[64];
    const ssize_t length = read(fd, text, sizeof text - 1);
    close(fd);
    text[length > 0 ? length : 0] = 0;
    text[strcspn(text, "\n")] = 0;
    printf("  %-22s opened:  \"%s\"\n", argv[i], text);
  }
  return 0;
}
