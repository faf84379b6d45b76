// /dev/null, zero, full, random and urandom.
#include "../report.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

int main(void) {
  char text[64];
  static const char* const names[] = {"null", "zero", "full", "random", "urandom"};
  for (int i = 0; i < 5; i++) {
    struct stat status;
    snprintf(text, sizeof text, "/dev/%s", names[i]);
    if (stat(text, &status) != 0) {
      printf("%s: %s\n", text, strerrorname_np(errno));
      continue;
    }
    printf("%s: %o %u:%u\n", text, (unsigned)status.st_mode, major(status.st_rdev),
           minor(status.st_rdev));
  }
  int null = SHOW_OPEN(open("/dev/null", O_RDWR | O_CREAT | O_TRUNC, 0600));
  SHOW(read(null, text, sizeof text));
  SHOW(write(null, text, sizeof text));
  SHOW(write(null, (void*)8, 100));
  SHOW(lseek(null, 1000, SEEK_SET));
  SHOW(lseek(null, 0, SEEK_CUR));
  SHOW(ftruncate(null, 0));
  SHOW(pread(null, text, 5, 7));
  int zero = SHOW_OPEN(open("/dev/zero", O_RDWR));
  memset(text, 'x', sizeof text);
  SHOW(read(zero, text, 5));
  report_bytes("zero", text, 8);
  SHOW(write(zero, text, 5));
  char* memory = SHOW_POINTER(mmap(0, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE, zero, 0));
  memory[5000] = 1;
  SHOW(memory[4999] + memory[5000]);
  SHOW_POINTER(mmap(0, 8192, PROT_READ, MAP_PRIVATE, null, 0));
  int full = SHOW_OPEN(open("/dev/full", O_RDWR));
  SHOW(write(full, text, 5));
  SHOW(read(full, text, 5));
  FILE* stream = fopen("/dev/full", "w");
  SHOW(fputs("text", stream) >= 0);
  SHOW(fclose(stream));
  int random = SHOW_OPEN(open("/dev/urandom", O_RDONLY));
  char a[32], b[32];
  SHOW(read(random, a, 32));
  SHOW(read(random, b, 32));
  SHOW(memcmp(a, b, 32) != 0);
  SHOW_OPEN(open("/dev/no-such-device", O_RDONLY));
  SHOW_OPEN(open("/dev/null/x", O_RDONLY));
  SHOW_OPEN(open("/dev/null", O_RDONLY | O_DIRECTORY));
  SHOW_OPEN(open("/dev/null", O_CREAT | O_EXCL | O_RDWR, 0600));
  return 0;
}
