// The smallest program that prints: for measuring how long an engine takes to start.
#include <stdio.h>

int main(void) {
  puts("hello");
  return 0;
}
