// An interpreter: dense, sparse and nested switches.
#include <stdio.h>

static int dense(int n) {
  switch (n) {
#define FOUR(k)    \
  case k:          \
    return k * 3;  \
  case k + 1:      \
    return k ^ 85; \
  case k + 2:      \
    return -k;     \
  case k + 3:      \
    return k + 7;
#define SIXTEEN(k) FOUR(k) FOUR(k + 4) FOUR(k + 8) FOUR(k + 12)
    SIXTEEN(0) SIXTEEN(16) SIXTEEN(32) SIXTEEN(48) SIXTEEN(64) SIXTEEN(80) default : return 1000;
  }
}
static int sparse(long long n) {
  switch (n) {
    case -1:
      return 1;
    case 10:
      return 2;
    case 1000:
      return 3;
    case 1000000:
      return 4;
    case 5000000000:
      return 5;
    case 'x':
    case 'y':
    case 'z':
      return 6;
    default:
      return 0;
  }
}

enum { PUSH, ADD, MULTIPLY, DUPLICATE, SWAP, JUMP_IF, HALT };

static long long run(const int* code) {
  long long stack[16], t;
  int top = 0;
  for (;;) {
    switch (*code++) {
      case PUSH:
        stack[top++] = *code++;
        break;
      case ADD:
        top--;
        stack[top - 1] += stack[top];
        break;
      case MULTIPLY:
        top--;
        stack[top - 1] *= stack[top];
        break;
      case DUPLICATE:
        stack[top] = stack[top - 1];
        top++;
        break;
      case SWAP:
        t = stack[top - 1];
        stack[top - 1] = stack[top - 2];
        stack[top - 2] = t;
        break;
      case JUMP_IF:
        if (stack[--top])
          code += *code;
        else
          code++;
        break;
      case HALT:
        return stack[0];
    }
  }
}

int main(void) {
  int sum = 0;
  for (int i = -5; i < 110; i++) sum = sum * 3 + dense(i);
  printf("%d\n", sum);
  long long keys[] = {-1, 0, 10, 11, 1000, 1000000, 5000000000, 5000000001, 'y', 705032704};
  for (int i = 0; i < 10; i++) printf("%d", sparse(keys[i]));
  // stack: total, counter
  static const int program[] = {PUSH, 1,    PUSH, 20,  SWAP,      PUSH,    2,   MULTIPLY,
                                SWAP, PUSH, -1,   ADD, DUPLICATE, JUMP_IF, -10, HALT};
  printf("\n%lld\n", run(program));
}
