// $((...)): C's integer expressions over the shell's variables, evaluated while they are parsed.
//
// What must not be evaluated, the other side of && || and ?:, is parsed all the same, with
// `is_skipping` set. Overflow wraps around.
#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "shell.h"

struct evaluation {
  const char* whole;
  const char* next;
  int is_skipping;
  int depth;
};

static long long evaluate_assignment(struct evaluation* e);

_Noreturn static void arithmetic_error(struct evaluation* e, const char* what) {
  fail(2, "arithmetic expression: %s: \"%s\"", what, e->whole);
}

static void skip_blanks(struct evaluation* e) { e->next += strspn(e->next, " \t\n"); }

// Takes a symbol, unless it is the begin of a longer one.
static bool accept(struct evaluation* e, const char* symbol) {
  skip_blanks(e);
  const size_t size = strlen(symbol);
  if (strncmp(e->next, symbol, size) != 0) return false;
  const char c = symbol[0], after = e->next[size];
  const bool is_shift = size == 2 && symbol[1] == c && (c == '<' || c == '>');
  // a *= b, a <= b, a <<= b; a && b, a << b.
  if (after == '=' && (is_shift || (size == 1 && strchr("*/%+-&^|<>!", c)))) return false;
  if (after == c && size == 1 && strchr("&|<>", c)) return false;
  e->next += size;
  return true;
}

static char* take_name(struct evaluation* e) {
  skip_blanks(e);
  size_t size = 0;
  if (isalpha((unsigned char)*e->next) || *e->next == '_') {
    while (isalnum((unsigned char)e->next[size]) || e->next[size] == '_') ++size;
  }
  if (size == 0) return NULL;
  char* name = arena_copy(&scratch, e->next, size);
  e->next += size;
  return name;
}

static long long value_of(const char* name) {
  const char* value = variable_value(name);
  if (!value || !*value) {
    if (!value && shell.options[OPTION_NOUNSET]) fail(2, "%s: parameter not set", name);
    return 0;
  }
  char* end;
  const long long number = strtoll(value, &end, 0);
  if (*end) fail(2, "Illegal number: %s", value);
  return number;
}

static long long evaluate_primary(struct evaluation* e) {
  if (++e->depth > 500) arithmetic_error(e, "nested too deeply");
  long long value;
  skip_blanks(e);
  char* name;
  if (accept(e, "(")) {
    value = evaluate_assignment(e);
    if (!accept(e, ")")) arithmetic_error(e, "expecting ')'");
  } else if (accept(e, "!")) {
    value = !evaluate_primary(e);
  } else if (accept(e, "~")) {
    value = ~evaluate_primary(e);
  } else if (accept(e, "-")) {
    value = (long long)(0 - (unsigned long long)evaluate_primary(e));
  } else if (accept(e, "+")) {
    value = evaluate_primary(e);
  } else if (isdigit((unsigned char)*e->next)) {
    char* end;
    value = strtoll(e->next, &end, 0);
    e->next = end;
    if (isalnum((unsigned char)*end)) arithmetic_error(e, "illegal number");
  } else if ((name = take_name(e)) != NULL) {
    value = e->is_skipping ? 0 : value_of(name);
  } else {
    arithmetic_error(e, "expecting primary");
  }
  --e->depth;
  return value;
}

enum binary {
  MULTIPLY,
  DIVIDE,
  REMAINDER,
  ADD,
  SUBTRACT,
  SHIFT_LEFT,
  SHIFT_RIGHT,
  LESS_EQUAL,
  GREATER_EQUAL,
  LESS,
  GREATER,
  EQUAL,
  UNEQUAL,
  BIT_AND,
  BIT_XOR,
  BIT_OR,
};

static const struct {
  const char* text;
  enum binary operation;
  int precedence;
} binaries[] = {
    {"*", MULTIPLY, 10},      {"/", DIVIDE, 10},     {"%", REMAINDER, 10},   {"+", ADD, 9},
    {"-", SUBTRACT, 9},       {"<<", SHIFT_LEFT, 8}, {">>", SHIFT_RIGHT, 8}, {"<=", LESS_EQUAL, 7},
    {">=", GREATER_EQUAL, 7}, {"<", LESS, 7},        {">", GREATER, 7},      {"==", EQUAL, 6},
    {"!=", UNEQUAL, 6},       {"&", BIT_AND, 5},     {"^", BIT_XOR, 4},      {"|", BIT_OR, 3},
};

static long long apply(struct evaluation* e, enum binary operation, long long a, long long b) {
  const unsigned long long x = (unsigned long long)a, y = (unsigned long long)b;
  switch (operation) {
    case MULTIPLY:
      return (long long)(x * y);
    case DIVIDE:
    case REMAINDER:
      if (e->is_skipping) return 0;
      if (b == 0) arithmetic_error(e, "division by zero");
      if (b == -1) return operation == DIVIDE ? (long long)(0 - x) : 0;
      return operation == DIVIDE ? a / b : a % b;
    case ADD:
      return (long long)(x + y);
    case SUBTRACT:
      return (long long)(x - y);
    case SHIFT_LEFT:
      return (long long)(x << (y & 63));
    case SHIFT_RIGHT:
      return a >> (y & 63);
    case LESS_EQUAL:
      return a <= b;
    case GREATER_EQUAL:
      return a >= b;
    case LESS:
      return a < b;
    case GREATER:
      return a > b;
    case EQUAL:
      return a == b;
    case UNEQUAL:
      return a != b;
    case BIT_AND:
      return a & b;
    case BIT_XOR:
      return a ^ b;
    case BIT_OR:
      return a | b;
  }
  return 0;
}

// Operators that bind at least as tightly as `precedence`.
static long long evaluate_binary(struct evaluation* e, int precedence) {
  long long value = evaluate_primary(e);
  while (true) {
    size_t i = 0;
    const size_t count = sizeof binaries / sizeof *binaries;
    while (i < count && (binaries[i].precedence < precedence || !accept(e, binaries[i].text))) ++i;
    if (i == count) return value;
    value = apply(e, binaries[i].operation, value, evaluate_binary(e, binaries[i].precedence + 1));
  }
}

static long long evaluate_and(struct evaluation* e) {
  long long value = evaluate_binary(e, 0);
  while (accept(e, "&&")) {
    const bool skips = value == 0;
    e->is_skipping += skips;
    const long long other = evaluate_binary(e, 0);
    e->is_skipping -= skips;
    value = value && other;
  }
  return value;
}

static long long evaluate_or(struct evaluation* e) {
  long long value = evaluate_and(e);
  while (accept(e, "||")) {
    const bool skips = value != 0;
    e->is_skipping += skips;
    const long long other = evaluate_and(e);
    e->is_skipping -= skips;
    value = value || other;
  }
  return value;
}

static long long evaluate_choice(struct evaluation* e) {
  const long long condition = evaluate_or(e);
  if (!accept(e, "?")) return condition;
  e->is_skipping += condition == 0;
  const long long yes = evaluate_assignment(e);
  e->is_skipping -= condition == 0;
  if (!accept(e, ":")) arithmetic_error(e, "expecting ':'");
  e->is_skipping += condition != 0;
  const long long no = evaluate_assignment(e);
  e->is_skipping -= condition != 0;
  return condition ? yes : no;
}

static long long evaluate_assignment(struct evaluation* e) {
  static const char operators[] = "*/%+-&^|";
  if (++e->depth > 500) arithmetic_error(e, "nested too deeply");
  const char* start = e->next;
  const char* name = take_name(e);
  long long value;
  if (name) {
    skip_blanks(e);
    const char* c = e->next;
    int operation = -1;
    size_t size = 0;
    if (c[0] == '=' && c[1] != '=') {
      size = 1;
    } else if (c[0] && strchr(operators, c[0]) && c[1] == '=') {
      size = 2;
    } else if ((c[0] == '<' || c[0] == '>') && c[1] == c[0] && c[2] == '=') {
      size = 3;
      operation = c[0] == '<' ? SHIFT_LEFT : SHIFT_RIGHT;
    }
    for (size_t i = 0; size == 2 && i < sizeof binaries / sizeof *binaries; ++i) {
      if (binaries[i].text[0] == c[0] && !binaries[i].text[1]) operation = binaries[i].operation;
    }
    if (size > 0) {
      e->next += size;
      value = evaluate_assignment(e);
      if (!e->is_skipping) {
        if (operation >= 0) value = apply(e, (enum binary)operation, value_of(name), value);
        char digits[32];
        snprintf(digits, sizeof digits, "%lld", value);
        variable_set(name, digits);
      }
      --e->depth;
      return value;
    }
    e->next = start;
  }
  value = evaluate_choice(e);
  --e->depth;
  return value;
}

long long evaluate(const char* expression) {
  struct evaluation e = {.whole = expression, .next = expression};
  skip_blanks(&e);
  if (!*e.next) return 0;
  const long long value = evaluate_assignment(&e);
  skip_blanks(&e);
  if (*e.next) arithmetic_error(&e, "expecting EOF");
  return value;
}
