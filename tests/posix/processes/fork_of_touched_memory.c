// fork with 256 MiB touched: both processes have what was there, and each only its own changes.
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "process.h"

enum { SIZE = 256 << 20 };

static uint64_t checksum(const uint64_t* words) {
  uint64_t sum = 0;
  for (size_t i = 0; i < SIZE / sizeof *words; ++i) sum = (sum ^ words[i]) * 0x100000001b3u;
  return sum;
}

int main(void) {
  uint64_t* words = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (words == MAP_FAILED) return 1;
  for (size_t i = 0; i < SIZE / sizeof *words; ++i) words[i] = i * 0x9e3779b97f4a7c15u;
  const uint64_t before = checksum(words);
  int ends[2];
  pipe(ends);
  const pid_t child = fork();
  if (child == 0) {
    uint64_t sums[2] = {checksum(words)};
    for (size_t i = 0; i < SIZE / sizeof *words; i += 512) words[i] = 1;
    sums[1] = checksum(words);
    write(ends[1], sums, sizeof sums);
    _exit(0);
  }
  for (size_t i = 256; i < SIZE / sizeof *words; i += 512) words[i] = 2;
  const uint64_t after = checksum(words);
  uint64_t sums[2] = {0, 0};
  read_fully(ends[0], sums, sizeof sums);
  printf("%s\n", end_of(child));
  printf("%016llx %016llx\n", (unsigned long long)before, (unsigned long long)after);
  printf("%016llx %016llx\n", (unsigned long long)sums[0], (unsigned long long)sums[1]);
  printf("unchanged by the child: %d\n", checksum(words) == after);
  return 0;
}
