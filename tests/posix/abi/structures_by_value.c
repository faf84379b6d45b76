// Structures as arguments and results, bit-fields, unions, packed and aligned layouts, flexible
// arrays.
#include "../report.h"

#include <stddef.h>
#include <stdlib.h>

struct empty {};
struct one {
  char c;
};
struct two {
  float a, b;
};
struct mixed {
  char c;
  double d;
  short s;
};
struct big {
  int values[20];
};
struct nested {
  struct two t;
  struct one o[3];
};
struct bits {
  unsigned a : 3;
  int b : 5;
  unsigned long long c : 40;
  _Bool d : 1;
  int : 0;
  unsigned e : 7;
};
struct __attribute__((packed)) packed {
  char c;
  int i;
  double d;
};
struct flexible {
  int count;
  int items[];
};
union either {
  double d;
  uint64_t bits;
  char bytes[8];
};

static struct one next(struct one value) {
  value.c++;
  return value;
}
static struct two swap(struct two value) { return (struct two){value.b, value.a}; }
static struct mixed change(struct mixed value, int by) {
  value.c += by;
  value.d *= by;
  value.s -= by;
  return value;
}
static struct big fill(struct big value, int from) {
  for (int i = 0; i < 20; i++) value.values[i] += from + i;
  return value;
}
static struct nested build(struct two t, struct one o) {
  return (struct nested){t, {o, next(o), next(next(o))}};
}
static union either flip(union either value) {
  value.bits ^= 1ull << 63;
  return value;
}
static int many(struct empty e, struct big a, char c, struct mixed m, struct one o, double d,
                struct two t) {
  return a.values[19] + c + (int)m.d + o.c + (int)d + (int)t.a;
}

int main(void) {
  struct big (*volatile indirect)(struct big, int) = fill;
  printf("%c\n", next((struct one){'a'}).c);
  printf("%g %g\n", swap((struct two){1, 2}).a, swap((struct two){1, 2}).b);
  struct mixed m = change((struct mixed){'x', 2.5, 100}, 2);
  printf("%c %g %d\n", m.c, m.d, m.s);
  struct big zero = {{0}};
  struct big filled = indirect(zero, 5);
  printf("%d %d %d\n", filled.values[0], filled.values[19], zero.values[19]);
  struct nested n = build((struct two){3, 4}, (struct one){'p'});
  printf("%g %c%c%c\n", n.t.b, n.o[0].c, n.o[1].c, n.o[2].c);
  printf("%g\n", flip((union either){.d = 2.5}).d);
  printf("%d\n",
         many((struct empty){}, filled, 'A', m, (struct one){'B'}, 9.9, (struct two){7.7f, 0}));
  struct bits b = {0};
  b.a = 13;
  b.b = 17;
  b.c = 0xabcdef0123456789;
  b.d = 42;
  b.e = 200;
  printf("%u %d %llx %d %u, %zu bytes\n", b.a, b.b, (unsigned long long)b.c, b.d, b.e, sizeof b);
  b.b++;
  b.c++;
  printf("%d %llx %u\n", b.b, (unsigned long long)b.c, b.e);
  printf("%zu %zu %zu %zu\n", sizeof(struct packed), offsetof(struct packed, i),
         sizeof(struct mixed), offsetof(struct mixed, d));
  struct packed p = {'c', 0x12345678, 1.5};
  int* unaligned = (int*)((char*)&p + 1);
  int copy;
  memcpy(&copy, unaligned, sizeof copy);
  printf("%x %g\n", copy, p.d);
  struct flexible* f = malloc(sizeof *f + 5 * sizeof(int));
  f->count = 5;
  for (int i = 0; i < 5; i++) f->items[i] = i * i;
  struct flexible header = *f;
  printf("%d %d %zu\n", header.count, f->items[4], sizeof *f);
  _Alignas(64) char aligned[64];
  printf("%d %zu\n", (uintptr_t)aligned % 64 == 0, _Alignof(max_align_t));
  struct nested array[3] = {[1].t.a = 5, [2].o[1].c = 'q'};
  printf("%g %c %d\n", array[1].t.a, array[2].o[1].c, array[0].o[2].c);
  int size = 3 + (int)array[1].t.a;
  int variable[size][size];
  for (int i = 0; i < size; i++) {
    for (int k = 0; k < size; k++) variable[i][k] = i * k;
  }
  printf("%zu %d\n", sizeof variable, variable[7][6]);
  return 0;
}
