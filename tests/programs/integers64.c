// 64-bit arithmetic, with the edges.
#include <inttypes.h>
#include <stdio.h>

int main(void) {
  static const int64_t values[] = {0,
                                   1,
                                   -1,
                                   2,
                                   10,
                                   -10,
                                   INT64_MAX,
                                   INT64_MIN,
                                   INT64_MIN + 1,
                                   0x123456789abcdef0,
                                   -0x123456789abcdef,
                                   1LL << 32,
                                   (1LL << 31) - 1};
  enum { COUNT = sizeof values / sizeof *values };
  for (int i = 0; i < COUNT; i++) {
    for (int j = 0; j < COUNT; j++) {
      volatile int64_t a = values[i], b = values[j];
      uint64_t ua = (uint64_t)a, ub = (uint64_t)b;
      printf("%" PRIx64 " %" PRIx64 " %" PRIx64 " ", ua + ub, ua - ub, ua * ub);
      if (b != 0) printf("%" PRIu64 " %" PRIu64 " ", ua / ub, ua % ub);
      if (b != 0 && !(a == INT64_MIN && b == -1)) printf("%" PRId64 " %" PRId64 " ", a / b, a % b);
      printf("%" PRIx64 " %" PRIx64 " %" PRIx64 " %d%d%d\n", ua << (ub & 63), ua >> (ub & 63),
             (uint64_t)(a >> (ub & 63)), a < b, ua < ub, a == b);
    }
  }
}
