// Frames of many kilobytes, and arrays whose size is known only at run time.
#include <stdio.h>
#include <string.h>

static int work(int level) {
  char block[3000];
  memset(block, level, sizeof block);
  int below = level > 0 ? work(level - 1) : 0;
  for (size_t i = 0; i < sizeof block; i++) {
    if (block[i] != (char)level) return -1;
  }
  return below + block[level];
}

static long variable(int n) {
  long values[n], sum = 0;
  for (int i = 0; i < n; i++) values[i] = i * 3;
  for (int i = n; i-- > 0;) sum += values[i];
  return n > 1 ? sum + variable(n / 2) : sum;
}

static double many_locals(double a) {
  double b = a * 2, c = b + 1, d = c * a, e = d - b, f = e / 3, g = f * c, h = g - d, i = h + e,
         j = i * f, k = j - g, l = k + h, m = l * i, n = m - j, o = n / k, p = o + l, q = p * m,
         r = q - n, s = r + o;
  return a + b + c + d + e + f + g + h + i + j + k + l + m + n + o + p + q + r + s;
}

int main(void) {
  printf("%d\n", work(15));
  printf("%ld\n", variable(4000));
  printf("%.10g\n", many_locals(1.5));
}
