// A process that replaces itself 10,000 times; it stays the same process, with the same
// descriptors.
#include <stdlib.h>

#include "process.h"

int main(int argc, char** argv) {
  const int left = argc > 1 ? atoi(argv[1]) : 10000;
  static char large[1 << 16];
  memset(large, left, sizeof large);
  if (left == 0) {
    const int fd = dup(0);
    printf("same process %d, next descriptor %d\n", getpid() == atoi(argv[2]), fd == atoi(argv[3]));
    return 17;
  }
  char number[20], process[20], descriptor[20];
  snprintf(number, sizeof number, "%d", left - 1);
  snprintf(process, sizeof process, "%d", getpid());
  if (argc == 1) {
    const int fd = dup(0);
    close(fd);
    snprintf(descriptor, sizeof descriptor, "%d", fd);
  }
  execl(own_path(), argv[0], number, argc > 2 ? argv[2] : process, argc > 3 ? argv[3] : descriptor,
        (char*)NULL);
  return 1;
}
