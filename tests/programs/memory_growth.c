// The heap grows to many megabytes, and new memory is zero.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(void) {
  enum { STEP = 1 << 20, STEPS = 48 };
  unsigned char* chunks[STEPS];
  for (int i = 0; i < STEPS; i++) {
    chunks[i] = calloc(1, STEP);
    if (chunks[i] == NULL) return 1;
    for (int n = 0; n < STEP; n += 4096) {
      if (chunks[i][n] != 0) return 2;
    }
    memset(chunks[i], i, STEP);
  }
  long sum = 0;
  for (int i = 0; i < STEPS; i++) sum += chunks[i][0] + chunks[i][STEP - 1] + chunks[i][i * 1000];
  for (int i = 0; i < STEPS; i++) free(chunks[i]);
  char* large = malloc(40 * STEP);
  if (large == NULL) return 3;
  large[0] = large[40 * STEP - 1] = 1;
  printf("%ld %d\n", sum, large[0] + large[40 * STEP - 1]);
  large = realloc(large, 100);
  printf("%d\n", large[0]);
  free(large);
}
