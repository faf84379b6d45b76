// A parser that reports errors by return values: nested calls, early exits, mutual recursion.
#include <ctype.h>
#include <stdio.h>

static const char* at;
static int failed;
static long expression(void);

static long factor(void) {
  while (isspace((unsigned char)*at)) at++;
  if (*at == '(') {
    at++;
    long value = expression();
    if (*at++ != ')') failed = 1, at--;
    return value;
  }
  if (*at == '-') return at++, -factor();
  if (!isdigit((unsigned char)*at)) return failed = 1, 0;
  long value = 0;
  while (isdigit((unsigned char)*at)) value = value * 10 + (*at++ - '0');
  while (isspace((unsigned char)*at)) at++;
  return value;
}
static long term(void) {
  long value = factor();
  while (!failed && (*at == '*' || *at == '/')) {
    if (*at++ == '*') {
      value *= factor();
    } else {
      long divisor = factor();
      if (divisor == 0) return failed = 1, 0;
      value /= divisor;
    }
  }
  return value;
}
static long expression(void) {
  long value = term();
  while (!failed && (*at == '+' || *at == '-')) value += *at++ == '+' ? term() : -term();
  return value;
}

int main(void) {
  const char* inputs[] = {
      "1 + 2 * 3", "(1 + 2) * 3", "-(4 - 10) / 2", "1 / 0", "2 * (3", "((((7))))", ""};
  for (int i = 0; i < 7; i++) {
    at = inputs[i];
    failed = 0;
    long value = expression();
    if (failed || *at)
      printf("%s: error at %d\n", inputs[i], (int)(at - inputs[i]));
    else
      printf("%s = %ld\n", inputs[i], value);
  }
}
