// A gigabyte through five processes connected by pipes, each of which changes every byte; what
// comes out is what should.
#include <stdint.h>
#include <stdlib.h>

#include "process.h"

enum { BLOCK = 1 << 16, BLOCKS = 1 << 14, STAGES = 5 };
static unsigned char block[BLOCK];

static void write_fully(int fd, size_t size) {
  for (size_t done = 0; done < size;) {
    const ssize_t wrote = write(fd, block + done, size - done);
    if (wrote <= 0) _exit(9);
    done += (size_t)wrote;
  }
}

int main(void) {
  int input = -1, ends[2];
  pid_t children[STAGES];
  for (int stage = 0; stage < STAGES; ++stage) {
    pipe(ends);
    children[stage] = fork();
    if (children[stage] == 0) {
      close(ends[0]);
      if (stage == 0) {
        for (int i = 0; i < BLOCKS; ++i) {
          memset(block, i * 7, BLOCK);
          write_fully(ends[1], BLOCK);
        }
        _exit(0);
      }
      ssize_t got;
      while ((got = read(input, block, BLOCK)) > 0) {
        for (ssize_t i = 0; i < got; ++i) block[i] += (unsigned char)stage;
        write_fully(ends[1], (size_t)got);
      }
      _exit(stage);
    }
    close(ends[1]);
    if (input >= 0) close(input);
    input = ends[0];
  }
  uint64_t total = 0, wrong = 0;
  ssize_t got;
  while ((got = read(input, block, BLOCK)) > 0) {
    for (ssize_t i = 0; i < got; ++i) {
      wrong += block[i] != (unsigned char)((total + (uint64_t)i) / BLOCK * 7 + 10);
    }
    total += (uint64_t)got;
  }
  printf("%llu bytes, %llu wrong\n", (unsigned long long)total, (unsigned long long)wrong);
  for (int stage = 0; stage < STAGES; ++stage) printf("%s\n", end_of(children[stage]));
  return 0;
}
