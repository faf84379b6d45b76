// What the programs here share: timing, and which of the measurements are wanted.
#pragma once

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

// Whether one of the arguments is a part of the name, or there are none.
static int wanted(int argc, char** argv, const char* name) {
  for (int i = 1; i < argc; ++i) {
    if (strstr(name, argv[i])) return 1;
  }
  return argc == 1;
}
