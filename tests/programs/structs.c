// Structures passed, returned, copied and compared.
#include <stdint.h>
#include <stdio.h>
#include <string.h>

typedef struct {
  int x, y;
} Point;
typedef struct {
  Point corner;
  double size[3];
  char label[20];
} Box;
typedef struct {
  int64_t values[40];
} Large;
typedef union {
  uint32_t word;
  uint8_t bytes[4];
  float number;
} Word;
typedef struct {
  unsigned a : 3, b : 7, c : 22;
  int d : 5;
} Bits;

static Point add(Point a, Point b) { return (Point){a.x + b.x, a.y + b.y}; }
static Box scale(Box box, double factor) {
  for (int i = 0; i < 3; i++) box.size[i] *= factor;
  strcat(box.label, "!");
  return box;
}
static Large square(Large large) {
  for (int i = 0; i < 40; i++) large.values[i] *= large.values[i];
  return large;
}

int main(void) {
  Point p = add((Point){1, 2}, (Point){30, 40});
  printf("%d %d\n", p.x, p.y);
  Box box = {{1, 2}, {1.5, 2.5, 3.5}, "box"}, copy = scale(box, 2);
  printf("%s %g | %s %g %g %d\n", box.label, box.size[2], copy.label, copy.size[0], copy.size[2],
         copy.corner.y);
  Large large;
  for (int i = 0; i < 40; i++) large.values[i] = i;
  Large squared = square(square(large));
  printf("%lld %lld\n", (long long)large.values[39], (long long)squared.values[39]);
  Word word = {.number = 1.0f};
  printf("%08x %02x %02x\n", word.word, word.bytes[0], word.bytes[3]);
  Bits bits = {5, 100, 4000000, -16};
  bits.b += 30;
  printf("%u %u %u %d\n", bits.a, bits.b, bits.c, bits.d);
  Box boxes[3];
  for (int i = 0; i < 3; i++) boxes[i] = scale(box, i);
  memmove(&boxes[0], &boxes[1], 2 * sizeof(Box));
  printf("%g %g %g\n", boxes[0].size[0], boxes[1].size[0], boxes[2].size[0]);
}
