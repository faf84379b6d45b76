// rand, random, drand48 and their kin: sequences that their standards or glibc fix.
#include "../report.h"

#include <math.h>
#include <stdlib.h>

int main(void) {
  for (int i = 0; i < 5; i++) printf("%d ", rand());
  puts("");
  srand(42);
  for (int i = 0; i < 5; i++) printf("%d ", rand());
  puts("");
  unsigned seed = 7;
  for (int i = 0; i < 5; i++) printf("%d ", rand_r(&seed));
  puts("");
  srandom(1);
  for (int i = 0; i < 5; i++) printf("%ld ", (long)random());
  puts("");
  static const size_t sizes[] = {8, 32, 64, 128, 256};
  char states[5][256];
  for (int s = 0; s < 5; s++) {
    SHOW_POINTER(initstate(1234 + s, states[s], sizes[s]));
    for (int i = 0; i < 4; i++) printf("%ld ", (long)random());
    puts("");
  }
  SHOW_POINTER(setstate(states[2]));
  printf("%ld\n", (long)random());
  SHOW_POINTER(initstate(1, states[0], 4));
  struct random_data data = {0};
  int32_t number;
  SHOW(initstate_r(99, states[3], 128, &data));
  SHOW(random_r(&data, &number));
  SHOW(number);
  srand48(17);
  printf("%.17g %.17g %ld %ld\n", drand48(), drand48(), (long)lrand48(), (long)mrand48());
  unsigned short state[3] = {1, 2, 3};
  printf("%.17g %ld %ld\n", erand48(state), (long)nrand48(state), (long)jrand48(state));
  printf("%u %u %u\n", state[0], state[1], state[2]);
  unsigned short* old = seed48((unsigned short[3]){9, 8, 7});
  printf("%u, then %ld\n", old != NULL, (long)lrand48());
  lcong48((unsigned short[7]){1, 2, 3, 4, 5, 6, 7});
  printf("%ld\n", (long)lrand48());
  div_t quotient = div(-7, 2);
  lldiv_t large = lldiv(-9000000000LL, 7);
  printf("%d %d %lld %lld %lld\n", quotient.quot, quotient.rem, large.quot, large.rem, llabs(-5LL));
  return 0;
}
