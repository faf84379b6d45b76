// Deep and branching recursion.
#include <stdio.h>

static int fibonacci(int n) { return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2); }
static int ackermann(int m, int n) {
  return m == 0 ? n + 1 : n == 0 ? ackermann(m - 1, 1) : ackermann(m - 1, ackermann(m, n - 1));
}
static int depth(volatile int* below, int n) {
  volatile int here = n + *below;
  return n == 0 ? here : depth(&here, n - 1) + 1;
}
static int is_odd(unsigned n);
static int is_even(unsigned n) { return n == 0 ? 1 : is_odd(n - 1); }
static int is_odd(unsigned n) { return n == 0 ? 0 : is_even(n - 1); }
static void hanoi(int n, int from, int to, int* moves, int* sum) {
  if (n == 0) return;
  hanoi(n - 1, from, 6 - from - to, moves, sum);
  ++*moves;
  *sum = *sum * 31 % 65521 + from * 4 + to;
  hanoi(n - 1, 6 - from - to, to, moves, sum);
}

int main(void) {
  printf("%d %d\n", fibonacci(24), ackermann(2, 200));
  volatile int zero = 0;
  printf("%d\n", depth(&zero, 1000));
  printf("%d %d\n", is_even(1001), is_odd(1001));
  int moves = 0, sum = 0;
  hanoi(14, 1, 3, &moves, &sum);
  printf("%d %d\n", moves, sum);
}
