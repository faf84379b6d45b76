// What the tools of binutils look at, and what their linker makes a program of. Exits with 42.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct point {
  int x, y;
  const char* label;
};

static const double table[] = {1.5, 2.5, -3, 1e300};
static struct point points[] = {{1, 2, "first"}, {3, 4, "second"}, {5, 6, "third"}};
int shared_counter;
_Thread_local int thread_counter = 7;
__attribute__((weak)) int weak_value = 5;

static int compare(const void* a, const void* b) {
  return ((struct point*)b)->x - ((struct point*)a)->x;
}

const char* number_name(int number) {
  switch (number) {
    case 0:
      return "zero";
    case 1:
      return "one";
    case 2:
      return "two";
    case 3:
      return "three";
    case 4:
      return "four";
    case 9:
      return "nine";
    default:
      return "many";
  }
}

__attribute__((noinline)) int total(const struct point* from, int count) {
  int sum = 0;
  for (int i = 0; i < count; i++) sum += from[i].x * from[i].y;
  return sum;
}

int main(int argc, char** argv) {
  qsort(points, 3, sizeof points[0], compare);
  printf("%s %s %g %d\n", points[0].label, number_name(argc), table[argc & 3], total(points, 3));
  shared_counter += thread_counter + weak_value;
  return argc > 1 && strcmp(argv[1], "one") == 0 && total(points, 3) == 44 && shared_counter == 12
             ? 42
             : 1;
}
