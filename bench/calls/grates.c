// Two calls that grates answer or pass on: one that does nothing, and one that copies 4 KiB.
//
//     grates FILE      where the 4 KiB are read from; made
#include <fcntl.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "measure.h"

static int file;
static char buffer[4096];

static void getppid_(void) { syscall(SYS_getppid); }
static void pread_4k(void) { pread(file, buffer, sizeof buffer, 0); }

int main(int argc, char** argv) {
  file = open(argc > 1 ? argv[1] : "/dev/shm/linden-bench", O_RDWR | O_CREAT | O_TRUNC, 0600);
  if (file < 0 || write(file, buffer, sizeof buffer) != sizeof buffer) {
    perror("grates");
    return 1;
  }
  measure("getppid", getppid_, 10000, 30);
  measure("pread_4k", pread_4k, 3000, 30);
  unlink(argc > 1 ? argv[1] : "/dev/shm/linden-bench");
}
