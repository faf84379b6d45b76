// Stresses: floats; scalar double arithmetic with square root and division, few loads.
#include <math.h>

#include "harness.h"

enum { kBodies = 5, kSteps = 350000 };
typedef struct {
  double position[3], velocity[3], mass;
} Body;
static Body initial[kBodies];

static void kernel_setup(void) {
  uint32_t state = harness_seed;
  for (int i = 0; i < kBodies; i++) {
    for (int k = 0; k < 3; k++) {
      initial[i].position[k] = (double)(random_next(&state) % 4000) / 100.0 - 20.0;
      initial[i].velocity[k] = (double)(random_next(&state) % 1000) / 2000.0 - 0.25;
    }
    initial[i].mass = i == 0 ? 40.0 : 0.01 * (double)(1 + random_next(&state) % 9);
  }
}

static void advance(Body* bodies, double step) {
  for (int i = 0; i < kBodies; i++) {
    for (int j = i + 1; j < kBodies; j++) {
      double d[3], squared = 0.01;
      for (int k = 0; k < 3; k++) {
        d[k] = bodies[i].position[k] - bodies[j].position[k];
        squared += d[k] * d[k];
      }
      double magnitude = step / (squared * sqrt(squared));
      for (int k = 0; k < 3; k++) {
        bodies[i].velocity[k] -= d[k] * bodies[j].mass * magnitude;
        bodies[j].velocity[k] += d[k] * bodies[i].mass * magnitude;
      }
    }
  }
  for (int i = 0; i < kBodies; i++) {
    for (int k = 0; k < 3; k++) bodies[i].position[k] += step * bodies[i].velocity[k];
  }
}

static uint64_t kernel_round(void) {
  Body bodies[kBodies];
  memcpy(bodies, initial, sizeof bodies);
  for (int i = 0; i < kSteps; i++) advance(bodies, 0.001);
  uint64_t checksum = 0;
  for (int i = 0; i < kBodies; i++) {
    for (int k = 0; k < 3; k++) checksum = checksum_add_double(checksum, bodies[i].position[k]);
  }
  return checksum;
}
