// What the programs here share: timing, and which of the measurements are wanted.
#pragma once

#include <regex.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

// Prints the name and the nanoseconds of one call, the best of several batches.
static void measure(const char* name, void (*operation)(void), int batch, int batches) {
  double best = 1e18;
  for (int i = 0; i < batches; ++i) {
    double start = now();
    for (int n = 0; n < batch; ++n) operation();
    double taken = (now() - start) / batch;
    if (taken < best) best = taken;
  }
  printf("%s %.1f\n", name, best);
  fflush(stdout);
}

// Whether the name matches the argument, an extended regular expression, or there is none.
static int wanted(int argc, char** argv, const char* name) {
  regex_t expression;
  if (argc < 2) return 1;
  if (regcomp(&expression, argv[1], REG_EXTENDED | REG_NOSUB) != 0) return 0;
  const int matches = regexec(&expression, name, 0, NULL, 0) == 0;
  regfree(&expression);
  return matches;
}
