// Tables of functions of several types, callbacks, and pointers compared.
#include <stdio.h>

static int add(int a, int b) { return a + b; }
static int subtract(int a, int b) { return a - b; }
static int multiply(int a, int b) { return a * b; }
static double half(double x) { return x / 2; }
static double negate(double x) { return -x; }
static void count(int* n) { ++*n; }

typedef int (*Binary)(int, int);
typedef struct {
  const char* name;
  Binary apply;
} Operation;
static const Operation operations[] = {{"+", add}, {"-", subtract}, {"*", multiply}};
static double (*const real[])(double) = {half, negate, half};

static Binary choose(int n) { return operations[n % 3].apply; }
static int fold(Binary f, int start, const int* values, int n) {
  for (int i = 0; i < n; i++) start = f(start, values[i]);
  return start;
}
static void repeat(void (*f)(int*), int* n, int times) {
  while (times-- > 0) f(n);
}

int main(void) {
  for (int i = 0; i < 3; i++)
    printf("7 %s 3 = %d\n", operations[i].name, operations[i].apply(7, 3));
  int values[] = {1, 2, 3, 4, 5}, n = 0;
  for (int i = 0; i < 9; i++) printf("%d ", fold(choose(i), i, values, 5));
  double x = 100;
  for (int i = 0; i < 6; i++) x = real[i % 3](x);
  repeat(count, &n, 1000);
  printf("\n%g %d %d %d\n", x, n, choose(0) == add, choose(1) == add);
}
