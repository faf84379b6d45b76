// Every benchmark program includes this header and defines kernel_setup and kernel_round.
//
// usage of the resulting program: PROGRAM [ROUNDS [ARGUMENT]]
// output: one line "checksum HEX", then one line "round NANOSECONDS" for each round.
//
// The same work is done ROUNDS times in one process, so that an engine that optimises while the
// program runs reaches its top speed; whoever reads the output takes the fastest round.
#ifndef LINDEN_BENCH_HARNESS_H
#define LINDEN_BENCH_HARNESS_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define NOINLINE __attribute__((noinline))

// Prepares the input; not timed, called once.
static void kernel_setup(void);
// One timed unit of work; returns a checksum that depends on all of its results and is the same
// in every round. Never inlined, so that each round enters the newest code an engine has for it.
// It must read memory or harness_seed, and the loop below stores its result before it reads the
// clock: engines that optimise again, without knowing about volatile and noinline, could otherwise
// move the whole work out of the timed region.
NOINLINE static uint64_t kernel_round(void);

// Volatile, so that no compiler can work out a result at build time.
static volatile uint32_t harness_seed = 2463534242u;
static volatile uint64_t harness_result;
// The program's second argument (a directory for programs that use files), or null.
static const char* harness_argument;

// Xorshift: the same sequence on every engine.
static inline uint32_t random_next(uint32_t* state) {
  uint32_t x = *state;
  x ^= x << 13;
  x ^= x >> 17;
  x ^= x << 5;
  return *state = x;
}

static inline uint64_t checksum_add(uint64_t checksum, uint64_t value) {
  checksum = (checksum ^ value) * 0x9e3779b97f4a7c15u;
  return checksum ^ (checksum >> 29);
}

// Bit patterns, not rounded text: engines must agree on every bit of a floating-point result.
static inline uint64_t checksum_add_double(uint64_t checksum, double value) {
  uint64_t bits;
  memcpy(&bits, &value, sizeof bits);
  return checksum_add(checksum, bits);
}

static inline uint64_t now_nanoseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

int main(int argc, char** argv) {
  enum { kMaxRounds = 1000 };
  static uint64_t elapsed[kMaxRounds];
  int rounds = argc > 1 ? atoi(argv[1]) : 10;
  if (rounds < 1 || rounds > kMaxRounds) {
    fprintf(stderr, "the number of rounds must be between 1 and %d\n", kMaxRounds);
    return 2;
  }
  harness_argument = argc > 2 ? argv[2] : NULL;
  kernel_setup();
  uint64_t checksum = 0;
  for (int i = 0; i < rounds; i++) {
    uint64_t start = now_nanoseconds();
    uint64_t result = kernel_round();
    harness_result = result;
    elapsed[i] = now_nanoseconds() - start;
    if (i > 0 && result != checksum) {
      fprintf(stderr, "round %d gave another checksum than round 0\n", i);
      return 1;
    }
    checksum = result;
  }
  printf("checksum %016llx\n", (unsigned long long)checksum);
  for (int i = 0; i < rounds; i++) printf("round %llu\n", (unsigned long long)elapsed[i]);
  return 0;
}

#endif
