// A main whose type is neither of the two that C demands runs as well.
#include <stdio.h>

int main(int argc) {
  printf("arguments: %d\n", argc);
  return argc + 4;
}
