#define _GNU_SOURCE
#include "command_line.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int next_option(int argc, char** argv, const char* letters, const struct option* options,
                const char* help) {
  const int option = getopt_long(argc, argv, letters, options, NULL);
  if (option == '?') usage_error(help, "no such option");
  if (option != 'h') return option;
  fputs(help, stdout);
  exit(0);
}

const char* require_argument(char** argv, const char* what, const char* help) {
  if (!argv[optind]) usage_error(help, "which %s?", what);
  return argv[optind];
}

void usage_error(const char* help, const char* format, ...) {
  va_list arguments;
  va_start(arguments, format);
  fprintf(stderr, "%s: ", program_invocation_short_name);
  vfprintf(stderr, format, arguments);
  va_end(arguments);
  fprintf(stderr, "\n%.*s (--help says more)\n", (int)strcspn(help, "\n"), help);
  exit(2);
}

void fail(const char* format, ...) {
  va_list arguments;
  va_start(arguments, format);
  fprintf(stderr, "%s: ", program_invocation_short_name);
  vfprintf(stderr, format, arguments);
  va_end(arguments);
  fputc('\n', stderr);
  exit(125);
}

int64_t parse_number(const char* help, const char* what, const char* text, int64_t low,
                     int64_t high) {
  char* end;
  errno = 0;
  int64_t value = strtoll(text, &end, 0);
  int shift = 0;
  switch (toupper((unsigned char)*end)) {
    case 'K':
      shift = 10;
      break;
    case 'M':
      shift = 20;
      break;
    case 'G':
      shift = 30;
      break;
  }
  if (shift) ++end;
  const bool fits = !errno && end != text && !*end && value >= 0 && value <= INT64_MAX >> shift;
  value = fits ? value << shift : -1;
  if (!fits || value < low || value > high) {
    usage_error(help, "%s must be a number from %lld to %lld, not '%s'", what, (long long)low,
                (long long)high, text);
  }
  return value;
}

int parse_errno(const char* name) {
  for (int number = 1; number < 134; ++number) {
    const char* known = strerrorname_np(number);
    if (known && strcmp(known, name) == 0) return number;
  }
  return 0;
}

int message_fd(void) {
  const int copy = fcntl(2, F_DUPFD_CLOEXEC, 3);
  return copy < 0 ? 2 : copy;
}

void write_all(int descriptor, const char* data, size_t size) {
  while (size > 0) {
    const ssize_t written = write(descriptor, data, size);
    if (written < 0 && errno != EINTR) return;
    if (written <= 0) continue;
    data += written;
    size -= (size_t)written;
  }
}
