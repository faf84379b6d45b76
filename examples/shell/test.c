// `test` and `[`: recursive descent, with the rules by the number of arguments that POSIX has, so
// that operands that look like operators are operands.
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "shell.h"

struct test {
  char** values;
  int count;
  int next;
};

_Noreturn static void misused(const char* what) { fail(2, "test: %s: unexpected operator", what); }

static bool test_file(char kind, const char* path) {
  struct stat status;
  if (kind == 'h' || kind == 'L') return lstat(path, &status) == 0 && S_ISLNK(status.st_mode);
  if (kind == 'r') return access(path, R_OK) == 0;
  if (kind == 'w') return access(path, W_OK) == 0;
  if (kind == 'x') return access(path, X_OK) == 0;
  if (stat(path, &status) < 0) return false;
  switch (kind) {
    case 'b':
      return S_ISBLK(status.st_mode);
    case 'c':
      return S_ISCHR(status.st_mode);
    case 'd':
      return S_ISDIR(status.st_mode);
    case 'f':
      return S_ISREG(status.st_mode);
    case 'p':
      return S_ISFIFO(status.st_mode);
    case 'S':
      return S_ISSOCK(status.st_mode);
    case 'g':
      return status.st_mode & S_ISGID;
    case 'u':
      return status.st_mode & S_ISUID;
    case 'k':
      return status.st_mode & S_ISVTX;
    case 's':
      return status.st_size > 0;
    case 'G':
      return status.st_gid == getegid();
    case 'O':
      return status.st_uid == geteuid();
    default:
      return true;  // -e
  }
}

static long to_number(const char* text) {
  long number;
  text += strspn(text, " \t\n");
  if (!parse_number(text, &number)) fail(2, "test: Illegal number: %s", text);
  return number;
}

static bool is_unary(const char* text) {
  return text[0] == '-' && text[1] && !text[2] && strchr("bcdefghkLnOGprSstuwxz", text[1]);
}

static bool test_unary(const char* relation, const char* operand) {
  switch (relation[1]) {
    case 'n':
      return *operand != '\0';
    case 'z':
      return *operand == '\0';
    case 't':
      return isatty((int)to_number(operand));
    default:
      return test_file(relation[1], operand);
  }
}

static int compare_times(const char* a, const char* b) {
  struct stat x, y;
  const bool has_x = stat(a, &x) == 0, has_y = stat(b, &y) == 0;
  if (!has_x || !has_y) return has_x - has_y;
  if (x.st_mtim.tv_sec != y.st_mtim.tv_sec) return x.st_mtim.tv_sec < y.st_mtim.tv_sec ? -1 : 1;
  return (x.st_mtim.tv_nsec > y.st_mtim.tv_nsec) - (x.st_mtim.tv_nsec < y.st_mtim.tv_nsec);
}

static bool is_same_file(const char* a, const char* b) {
  struct stat x, y;
  return stat(a, &x) == 0 && stat(b, &y) == 0 && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

static const char* const binaries[] = {"=",   "!=",  "==",  "<",   ">",   "-eq", "-ne",
                                       "-lt", "-le", "-gt", "-ge", "-nt", "-ot", "-ef"};

static bool is_binary(const char* text) {
  for (size_t i = 0; i < sizeof binaries / sizeof *binaries; ++i) {
    if (strcmp(binaries[i], text) == 0) return true;
  }
  return false;
}

static bool test_binary(const char* a, const char* relation, const char* b) {
  if (relation[0] != '-') {
    const int order = strcmp(a, b);
    switch (relation[0]) {
      case '<':
        return order < 0;
      case '>':
        return order > 0;
      case '!':
        return order != 0;
      default:
        return order == 0;
    }
  }
  if (strcmp(relation, "-ef") == 0) return is_same_file(a, b);
  if (strcmp(relation, "-nt") == 0) return compare_times(a, b) > 0;
  if (strcmp(relation, "-ot") == 0) return compare_times(a, b) < 0;
  const long x = to_number(a), y = to_number(b);
  if (strcmp(relation, "-eq") == 0) return x == y;
  if (strcmp(relation, "-ne") == 0) return x != y;
  if (strcmp(relation, "-lt") == 0) return x < y;
  if (strcmp(relation, "-le") == 0) return x <= y;
  return strcmp(relation, "-gt") == 0 ? x > y : x >= y;
}

static bool test_or(struct test* test);

static const char* peek(const struct test* test, int distance) {
  return test->next + distance < test->count ? test->values[test->next + distance] : NULL;
}

static bool test_primary(struct test* test) {
  const char* first = peek(test, 0);
  const char* second = peek(test, 1);
  if (!first) misused("argument expected");
  if (second && peek(test, 2) && is_binary(second)) {
    test->next += 3;
    return test_binary(first, second, test->values[test->next - 1]);
  }
  if (strcmp(first, "!") == 0 && second) {
    ++test->next;
    return !test_primary(test);
  }
  if (strcmp(first, "(") == 0 && second) {
    ++test->next;
    const bool result = test_or(test);
    if (!peek(test, 0) || strcmp(peek(test, 0), ")") != 0) misused("closing paren expected");
    ++test->next;
    return result;
  }
  ++test->next;
  if (!is_unary(first) || !second) return *first != '\0';
  ++test->next;
  return test_unary(first, second);
}

static bool accept(struct test* test, const char* text) {
  if (!peek(test, 0) || strcmp(peek(test, 0), text) != 0) return false;
  ++test->next;
  return true;
}

static bool test_and(struct test* test) {
  bool result = test_primary(test);
  while (accept(test, "-a")) result &= test_primary(test);
  return result;
}

static bool test_or(struct test* test) {
  bool result = test_and(test);
  while (accept(test, "-o")) result |= test_and(test);
  return result;
}

int builtin_test(int count, char** values) {
  if (strcmp(values[0], "[") == 0) {
    if (strcmp(values[count - 1], "]") != 0) {
      complain("[: missing ]");
      return 2;
    }
    --count;
  }
  struct test test = {values + 1, count - 1, 0};
  if (test.count == 0) return 1;
  // An error ends the test and not the shell.
  jmp_buf on_error;
  jmp_buf* outer = shell.on_error;
  if (setjmp(on_error) != 0) {
    shell.on_error = outer;
    return 2;
  }
  shell.on_error = &on_error;
  const bool result = test_or(&test);
  if (test.next < test.count) misused(test.values[test.next]);
  shell.on_error = outer;
  return !result;
}
