// The builtins echo, printf and read; and getopts.
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "parser_internal.h"
#include "shell.h"

// Writes what a backslash and the characters behind it stand for; how many they are. False in
// *goes_on after \c. `has_leading_zero`: octal numbers may have a zero before their three digits.
static size_t put_escape(const char* text, bool has_leading_zero, bool* goes_on) {
  static const char letters[] = "abfnrtv\\", meanings[] = "\a\b\f\n\r\t\v\\";
  if (*text == 'c') return *goes_on = false, 1;
  const char* found = *text ? strchr(letters, *text) : NULL;
  if (found) return putchar(meanings[found - letters]), 1;
  if (*text >= '0' && *text <= '7') {
    size_t size = has_leading_zero && *text == '0' ? 1 : 0;
    const size_t limit = size + 3;
    int value = 0;
    while (size < limit && text[size] >= '0' && text[size] <= '7') {
      value = value * 8 + text[size++] - '0';
    }
    return putchar(value & 0xff), size;
  }
  putchar('\\');
  return 0;
}

// False if \c ended it.
static bool put_escaped(const char* text) {
  bool goes_on = true;
  while (*text && goes_on) {
    if (*text == '\\') {
      text += 1 + put_escape(text + 1, true, &goes_on);
    } else {
      putchar(*text++);
    }
  }
  return goes_on;
}

int builtin_echo(int count, char** values) {
  int i = 1;
  const bool has_newline = !(i < count && strcmp(values[i], "-n") == 0);
  if (!has_newline) ++i;
  for (bool is_first = true; i < count; ++i, is_first = false) {
    if (!is_first) putchar(' ');
    if (!put_escaped(values[i])) return 0;
  }
  if (has_newline) putchar('\n');
  return 0;
}

// ---- printf

struct printing {
  char** values;
  int count;
  int next;
  int status;
};

static const char* next_value(struct printing* printing) {
  return printing->next < printing->count ? printing->values[printing->next++] : NULL;
}

// A number in C's notation, or a quote and a character.
static long long to_integer(struct printing* printing, const char* text, bool is_unsigned) {
  if (!text) return 0;
  if (*text == '\'' || *text == '"') return (unsigned char)text[1];
  char* end;
  errno = 0;
  const long long value = is_unsigned ? (long long)strtoull(text, &end, 0) : strtoll(text, &end, 0);
  if (end == text || *end || errno) {
    complain("printf: %s: %s", text,
             end == text ? "expected numeric value"
             : *end      ? "not completely converted"
                         : strerror(errno));
    printing->status = 1;
  }
  return value;
}

static double to_double(struct printing* printing, const char* text) {
  if (!text) return 0;
  if (*text == '\'' || *text == '"') return (unsigned char)text[1];
  char* end;
  const double value = strtod(text, &end);
  if (end == text || *end) {
    complain("printf: %s: %s", text,
             end == text ? "expected numeric value" : "not completely converted");
    printing->status = 1;
  }
  return value;
}

// Behind `%`: writes one conversion; how many characters it had. False in *goes_on if it ends all.
static size_t put_conversion(struct printing* printing, const char* format, bool* goes_on) {
  char own[64] = "%";
  size_t size = 1;
  const char* c = format;
  while (*c && strchr("-+ #0123456789.*", *c) && size < sizeof own - 24) {
    if (*c == '*') {
      const long long width = to_integer(printing, next_value(printing), false);
      size += (size_t)snprintf(own + size, 16, "%d", (int)width);
    } else {
      own[size++] = *c;
    }
    ++c;
  }
  const char kind = *c++;
  own[size] = own[size + 1] = '\0';
  if (kind == '%') {
    putchar('%');
  } else if (kind == 'c') {
    const char* value = next_value(printing);
    own[size] = value && *value ? 'c' : 's';
    if (value && *value) {
      printf(own, *value);
    } else {
      printf(own, "");
    }
  } else if (kind == 's') {
    const char* value = next_value(printing);
    own[size] = 's';
    printf(own, value ? value : "");
  } else if (kind == 'b') {
    const char* value = next_value(printing);
    *goes_on = put_escaped(value ? value : "");
  } else if (kind && strchr("diouxX", kind)) {
    const long long value = to_integer(printing, next_value(printing), kind != 'd' && kind != 'i');
    snprintf(own + size, 4, "ll%c", kind);
    printf(own, value);
  } else if (kind && strchr("eEfFgGaA", kind)) {
    own[size] = kind;
    printf(own, to_double(printing, next_value(printing)));
  } else {
    complain("printf: %%%c: invalid directive", kind ? kind : ' ');
    printing->status = 2;
    *goes_on = false;
    if (!kind) --c;
  }
  return (size_t)(c - format);
}

int builtin_printf(int count, char** values) {
  int i = 1;
  if (i < count && strcmp(values[i], "--") == 0) ++i;
  if (i == count) fail(2, "usage: printf format [arg ...]");
  const char* format = values[i++];
  struct printing printing = {values, count, i, 0};
  bool goes_on = true;
  int before;
  do {
    before = printing.next;
    for (const char* c = format; *c && goes_on;) {
      if (*c == '\\') {
        c += 1 + put_escape(c + 1, false, &goes_on);
      } else if (*c == '%') {
        c += 1 + put_conversion(&printing, c + 1, &goes_on);
      } else {
        putchar(*c++);
      }
    }
    // The format is used again as long as it uses up values.
  } while (goes_on && printing.next < printing.count && printing.next > before);
  return printing.status;
}

// ---- read

// A line from standard input without its newline, byte by byte, because what follows belongs to
// others. Characters behind a backslash are marked by one in the result. False at the end of input.
static bool read_line(struct text* line, bool is_raw) {
  text_append(line, "");
  bool is_escaped = false;
  while (true) {
    char c;
    const ssize_t got = read(STDIN_FILENO, &c, 1);
    if (got < 0 && errno == EINTR) {
      int signal;
      if (!signal_was_trapped(&signal)) continue;
      return false;
    }
    if (got <= 0) return false;
    if (is_escaped) {
      is_escaped = false;
      if (c == '\n') continue;
      text_add(line, '\\');
      text_add(line, c);
    } else if (c == '\\' && !is_raw) {
      is_escaped = true;
    } else if (c == '\n') {
      return true;
    } else if (c == '\\') {
      text_append(line, "\\\\");
    } else if (c != '\0') {
      text_add(line, c);
    }
  }
}

static bool is_blank_separator(const char* separators, char c) {
  return is_ifs(separators, c) && strchr(" \t\n", c);
}

// Takes a field from the line, up to a separator that has no backslash before it.
static char* take_field(const char** line, const char* separators, bool is_last) {
  const char* c = *line;
  struct text field = {0};
  text_append(&field, "");
  size_t size = 0;  // without blanks at the end
  for (; *c; ++c) {
    const bool is_marked = *c == '\\' && c[1];
    if (is_marked) ++c;
    if (!is_marked && is_ifs(separators, *c) && !is_last) break;
    text_add(&field, *c);
    if (is_marked || !is_blank_separator(separators, *c)) size = field.size;
  }
  field.data[field.size = size] = '\0';
  while (is_blank_separator(separators, *c)) ++c;
  if (is_ifs(separators, *c)) {
    ++c;
    while (is_blank_separator(separators, *c)) ++c;
  }
  *line = c;
  return text_take(&field, &scratch);
}

// If nothing but a field and its separator is left, the separator belongs to no one.
static bool is_single_field(const char* line, const char* separators) {
  const char* rest = line;
  take_field(&rest, separators, false);
  return *rest == '\0';
}

int builtin_read(int count, char** values) {
  int i = 1;
  bool is_raw = false;
  for (; i < count && values[i][0] == '-'; ++i) {
    if (strcmp(values[i], "-r") == 0) {
      is_raw = true;
    } else if (strcmp(values[i], "-p") == 0 && i + 1 < count) {
      ++i;
      if (isatty(STDIN_FILENO)) fputs(values[i], stderr);
    } else {
      fail(2, "read: Illegal option %s", values[i]);
    }
  }
  if (i == count) fail(2, "read: arg count");
  const char* separators = variable_value("IFS");
  if (!separators) separators = " \t\n";
  struct text line = {0};
  const bool is_whole = read_line(&line, is_raw);
  const char* rest = line.data;
  while (is_blank_separator(separators, *rest)) ++rest;
  for (; i < count; ++i) {
    const bool is_last = i + 1 == count && !is_single_field(rest, separators);
    if (!is_name(values[i], strlen(values[i]))) fail(2, "read: %s: bad variable name", values[i]);
    variable_set(values[i], take_field(&rest, separators, is_last));
  }
  text_free(&line);
  return is_whole ? 0 : 1;
}

// ---- getopts

int builtin_getopts(int count, char** values) {
  static int position;  // within a group of letters
  static int last_index;
  if (count < 3) fail(2, "Usage: getopts optstring var [arg]");
  const char* letters = values[1];
  const struct arguments arguments =
      count > 3 ? (struct arguments){values + 3, count - 3} : shell.arguments;
  const char* kept = variable_value("OPTIND");
  int index = kept ? atoi(kept) : 1;
  if (index != last_index) position = 0;
  char result[2] = "?";
  int status = 0;
  variable_unset("OPTARG");
  const char* word = index >= 1 && index <= arguments.count ? arguments.values[index - 1] : NULL;
  if (position == 0 && (!word || word[0] != '-' || word[1] == '\0' || strcmp(word, "--") == 0)) {
    if (word && strcmp(word, "--") == 0) ++index;
    status = 1;
  } else {
    if (position == 0) position = 1;
    const char letter = word[position++];
    const char* known = letter == ':' ? NULL : strchr(letters, letter);
    const char name[2] = {letter};
    const bool is_silent = letters[0] == ':';
    if (!known) {
      if (is_silent) {
        variable_set("OPTARG", name);
      } else {
        fprintf(stderr, "Illegal option -%c\n", letter);
      }
    } else {
      result[0] = letter;
    }
    const bool is_end = word[position] == '\0';
    if (known && known[1] == ':') {
      if (!is_end) {
        variable_set("OPTARG", word + position);
      } else if (index < arguments.count) {
        variable_set("OPTARG", arguments.values[index++]);
      } else if (is_silent) {
        variable_set("OPTARG", name);
        result[0] = ':';
      } else {
        fprintf(stderr, "No arg for -%c option\n", letter);
        result[0] = '?';
      }
      position = 0;
      ++index;
    } else if (is_end) {
      position = 0;
      ++index;
    }
  }
  char digits[16];
  snprintf(digits, sizeof digits, "%d", index);
  variable_set("OPTIND", digits);
  last_index = index;
  variable_set(values[2], result);
  return status;
}
