// setjmp and longjmp: what they return, which frame they return to, and what is left as it was.
// wasm: -Iwasi wasi/setjmp.c -mllvm -wasm-enable-sjlj -mexception-handling
#include <setjmp.h>
#include <stdio.h>
#include <string.h>

static jmp_buf outer, inner;

__attribute__((noinline)) static void deep(int depth, jmp_buf where, int value) {
  volatile char room[40];
  room[0] = (char)depth;
  if (depth == 0) longjmp(where, value);
  deep(depth - 1, where, value);
  room[1] = room[0];
}

// A parser that leaves by longjmp, as Lua's and libpng's do.
struct parser {
  jmp_buf error;
  const char* text;
  int position;
};

static int parse_sum(struct parser* parser) {
  int value = 0;
  if (parser->text[parser->position] == '(') {
    ++parser->position;
    for (;;) {
      value += parse_sum(parser);
      char next = parser->text[parser->position++];
      if (next == ')') return value;
      if (next != '+') longjmp(parser->error, parser->position);
    }
  }
  char digit = parser->text[parser->position++];
  if (digit < '0' || digit > '9') longjmp(parser->error, parser->position);
  return digit - '0';
}

static void parse(const char* text) {
  struct parser parser = {.text = text};
  int error = setjmp(parser.error);
  if (error != 0) {
    printf("%s: error at %d\n", text, error);
  } else {
    int value = parse_sum(&parser);
    printf("%s: %d\n", text, value);
  }
}

static int nested(int which) {
  volatile int steps = 0;
  switch (setjmp(outer)) {
    case 0:
      ++steps;
      switch (setjmp(inner)) {
        case 0:
          steps += 10;
          deep(20, which == 0 ? outer : inner, which + 1);
          return -1;
        default:
          steps += 100;
          deep(5, outer, 7);
          return -2;
      }
    case 7:
      return steps + 1000;
    default:
      return steps + 2000;
  }
}

static unsigned long many(int count) {
  volatile unsigned long sum = 0;
  for (volatile int i = 0; i < count; ++i) {
    int value = setjmp(outer);
    if (value == 0) deep(i % 7, outer, i + 1);
    sum = sum * 31 + (unsigned long)value;
    sum &= 0xffffffffu;
  }
  return sum;
}

static double floats(double seed) {
  double a = seed * 1.5, b = seed * 2.5, c = a * b, d = c - a;
  if (setjmp(outer) == 0) deep(3, outer, 1);
  return a + b * 10 + c * 100 + d * 1000;
}

int main(int argc, char** argv) {
  int value = setjmp(outer);
  if (value < 3) {
    printf("setjmp gives %d\n", value);
    longjmp(outer, value + 1);
  }
  if (setjmp(inner) == 0) longjmp(inner, 0);  // 0 becomes 1
  puts("longjmp with 0 came back");
  printf("%d %d\n", nested(0), nested(1));
  parse("(1+2+(3+4)+9)");
  parse("(1+2+(3+x)+9)");
  parse("(1+2+(3+4)");
  printf("%lu\n", many(10000));
  printf("%.3f\n", floats(argc));
  if (setjmp(outer) == 0) deep(300, outer, 1);
  puts("back from far below");
  return (int)strlen(argv[1]) + 3;
}
