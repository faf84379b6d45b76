// 10,000 children one after the other: none fails, and nothing is used up.
#include <errno.h>
#include <fcntl.h>

#include "process.h"

int main(void) {
  int failed = 0, wrong = 0;
  const int before = dup(0);
  close(before);
  for (int i = 0; i < 10000; ++i) {
    const pid_t child = fork();
    if (child == 0) _exit(i & 0x7f);
    int status = -1;
    if (child < 0) {
      ++failed;
    } else if (waitpid(child, &status, 0) != child || status != (i & 0x7f) << 8) {
      ++wrong;
    }
  }
  const int after = dup(0);
  printf("%d failed, %d wrong, descriptors %d\n", failed, wrong, after - before);
  printf("left: %d %s\n", wait(NULL), strerror(errno));
  return 0;
}
