// From words to texts and fields: parameters, commands, arithmetic; then splitting, then pathnames.
//
// All three results of a word are made by one walk over its parts. It writes a pattern: characters
// that were quoted, and hence are not special, are written with a backslash before them. A text is
// a pattern without the backslashes; whether a field must be looked up as a pathname can be seen
// from the special characters that have none.
#include <ctype.h>
#include <fnmatch.h>
#include <glob.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "shell.h"

struct expansion {
  struct text pattern;
  bool is_field;           // there is a field, even if the pattern is empty
  struct strings* fields;  // null if nothing is to be split
  const char* separators;  // IFS
  bool ended_by_blank;     // the last thing seen is a blank of IFS that ended a field
};

// Where a part lies.
struct context {
  bool is_quoted;   // in "..."
  bool is_result;   // in the operand of an expansion: text is split too
  bool is_pattern;  // backslashes that come from expansions quote
};

static void expand_parts(struct expansion* expansion, const struct part* parts,
                         struct context context);

static char* without_backslashes(char* pattern) {
  char* to = pattern;
  for (const char* from = pattern; *from; ++from) {
    if (*from == '\\' && from[1]) ++from;
    *to++ = *from;
  }
  *to = '\0';
  return pattern;
}

static void finish_field(struct expansion* expansion) {
  if (!expansion->is_field) return;
  expansion->is_field = false;
  text_append(&expansion->pattern, "");
  char* pattern = text_take(&expansion->pattern, &scratch);
  bool is_special = false;
  for (const char* c = pattern; *c && !is_special; ++c) {
    if (*c == '\\' && c[1]) {
      ++c;
    } else {
      is_special = strchr("*?[", *c) != NULL;
    }
  }
  glob_t found;
  if (is_special && !shell.options[OPTION_NOGLOB]) {
    if (glob(pattern, 0, NULL, &found) == 0) {
      for (size_t i = 0; i < found.gl_pathc; ++i) {
        const char* path = found.gl_pathv[i];
        strings_add(expansion->fields, arena_copy(&scratch, path, strlen(path)));
      }
      globfree(&found);
      return;
    }
    globfree(&found);
  }
  strings_add(expansion->fields, without_backslashes(pattern));
}

static void put(struct expansion* expansion, char c, bool is_literal) {
  if (is_literal && !isalnum((unsigned char)c)) text_add(&expansion->pattern, '\\');
  text_add(&expansion->pattern, c);
  expansion->is_field = true;
  expansion->ended_by_blank = false;
}

bool is_ifs(const char* separators, char c) { return c != '\0' && strchr(separators, c) != NULL; }

// What an expansion gave.
static void put_result(struct expansion* expansion, const char* text, struct context context) {
  if (context.is_quoted || !expansion->fields) {
    const bool is_literal = context.is_quoted || !context.is_pattern;
    for (; *text; ++text) put(expansion, *text, is_literal);
    return;
  }
  for (; *text; ++text) {
    if (!is_ifs(expansion->separators, *text)) {
      put(expansion, *text, *text == '\\');
    } else if (strchr(" \t\n", *text)) {
      expansion->ended_by_blank |= expansion->is_field;
      finish_field(expansion);
    } else {
      // Blanks before another separator belong to it. Two of those hold an empty field.
      if (!expansion->ended_by_blank) expansion->is_field = true;
      expansion->ended_by_blank = false;
      finish_field(expansion);
    }
  }
}

// ---- parameters

// $@ and $*.
static void put_arguments(struct expansion* expansion, char kind, struct context context) {
  const char separator = expansion->separators[0];
  for (int i = 0; i < shell.arguments.count; ++i) {
    if (i > 0) {
      if (kind == '*' && context.is_quoted) {
        if (separator) put(expansion, separator, true);
      } else if (expansion->fields) {
        finish_field(expansion);
      } else {
        put(expansion, kind == '*' && separator ? separator : ' ', true);
      }
    }
    if (context.is_quoted) expansion->is_field = true;
    put_result(expansion, shell.arguments.values[i], context);
  }
}

static const char* format_number(long long number) {
  char digits[32];
  snprintf(digits, sizeof digits, "%lld", number);
  return arena_copy(&scratch, digits, strlen(digits));
}

// Null if it is not set.
static const char* parameter_value(const char* name) {
  if (isdigit((unsigned char)name[0])) {
    const int index = atoi(name);
    if (index == 0) return shell.name;
    return index <= shell.arguments.count ? shell.arguments.values[index - 1] : NULL;
  }
  switch (name[0]) {
    case '?':
      return format_number(shell.status);
    case '$':
      return format_number(shell.id);
    case '!':
      return shell.last_background ? format_number(shell.last_background) : NULL;
    case '#':
      return format_number(shell.arguments.count);
    case '@':
    case '*': {
      if (shell.arguments.count == 0) return NULL;
      struct text all = {0};
      const char* separators = variable_value("IFS");
      const char separator = name[0] == '*' && separators ? separators[0] : ' ';
      for (int i = 0; i < shell.arguments.count; ++i) {
        if (i > 0 && separator) text_add(&all, separator);
        text_append(&all, shell.arguments.values[i]);
      }
      return text_take(&all, &scratch);
    }
    case '-': {
      struct text letters = {0};
      text_append(&letters, "");
      for (int c = 'A'; c <= 'z'; ++c) {
        if (shell.options[c]) text_add(&letters, (char)c);
      }
      return text_take(&letters, &scratch);
    }
    default:
      return variable_value(name);
  }
}

// The value without what the pattern matches at an end of it.
static const char* trim(const char* value, const struct part* part) {
  const char* pattern = expand_to_pattern(part->operand);
  const size_t size = strlen(value);
  const bool is_prefix =
      part->operation == PARAMETER_SHORTEST_PREFIX || part->operation == PARAMETER_LONGEST_PREFIX;
  const bool is_longest =
      part->operation == PARAMETER_LONGEST_PREFIX || part->operation == PARAMETER_LONGEST_SUFFIX;
  for (size_t i = 0; i <= size; ++i) {
    const size_t length = is_longest ? size - i : i;
    const char* rest = value + (is_prefix ? length : size - length);
    const char* matched = is_prefix ? arena_copy(&scratch, value, length) : rest;
    if (fnmatch(pattern, matched, 0) == 0) {
      return is_prefix ? rest : arena_copy(&scratch, value, size - length);
    }
  }
  return value;
}

static void expand_operand(struct expansion* expansion, const struct part* part,
                           struct context context) {
  context.is_result = true;
  expand_parts(expansion, part->operand->parts, context);
}

static void expand_parameter(struct expansion* expansion, const struct part* part,
                             struct context context) {
  const char* name = part->text;
  const char* value = parameter_value(name);
  const bool is_set = value && !(part->empty_is_unset && *value == '\0');
  const bool is_list = name[0] == '@' || name[0] == '*';
  switch (part->operation) {
    case PARAMETER_DEFAULT:
      if (!is_set) return expand_operand(expansion, part, context);
      break;
    case PARAMETER_ALTERNATIVE:
      if (is_set) expand_operand(expansion, part, context);
      return;
    case PARAMETER_ASSIGN:
      if (is_set) break;
      if (!isalpha((unsigned char)name[0]) && name[0] != '_')
        fail(2, "%s: bad variable name", name);
      value = expand_to_text(part->operand);
      variable_set(name, value);
      break;
    case PARAMETER_REQUIRE:
      if (is_set) break;
      value = expand_to_text(part->operand);
      fail(2, "%s: %s", name, *value ? value : "parameter not set");
    default:
      if (!value && shell.options[OPTION_NOUNSET] && !is_list)
        fail(2, "%s: parameter not set", name);
  }
  if (part->operation == PARAMETER_LENGTH) {
    const long long length = is_list ? shell.arguments.count : value ? (long long)strlen(value) : 0;
    return put_result(expansion, format_number(length), context);
  }
  if (part->operation >= PARAMETER_SHORTEST_PREFIX) {
    return put_result(expansion, trim(value ? value : "", part), context);
  }
  if (is_list) return put_arguments(expansion, name[0], context);
  if (value) put_result(expansion, value, context);
}

// ---- commands

static char* output_of(const struct node* command) {
  shell.substitution_status = 0;
  if (!command) return "";
  int ends[2];
  if (pipe(ends) < 0) fail(2, "no pipe for a substitution");
  const pid_t child = fork_subshell(false);
  if (child == 0) {
    close(ends[0]);
    if (ends[1] != STDOUT_FILENO) {
      dup2(ends[1], STDOUT_FILENO);
      close(ends[1]);
    }
    shell.is_tested = false;
    shell_exit(execute(command, EXECUTE_LAST));
  }
  close(ends[1]);
  if (child < 0) {
    close(ends[0]);
    fail(2, "can't fork");
  }
  struct text output = {0};
  text_append(&output, "");
  char bytes[4096];
  ssize_t got;
  while ((got = read(ends[0], bytes, sizeof bytes)) != 0) {
    for (ssize_t i = 0; i < got; ++i) {
      if (bytes[i] != '\0') text_add(&output, bytes[i]);
    }
  }
  close(ends[0]);
  shell.substitution_status = wait_for_process(child);
  while (output.size > 0 && output.data[output.size - 1] == '\n') --output.size;
  output.data[output.size] = '\0';
  return text_take(&output, &scratch);
}

// ---- words

static void expand_parts(struct expansion* expansion, const struct part* parts,
                         struct context context) {
  for (const struct part* part = parts; part; part = part->next) {
    switch (part->kind) {
      case PART_TEXT:
        if (context.is_result && !context.is_quoted && !part->is_literal) {
          put_result(expansion, part->text, context);
          break;
        }
        for (const char* c = part->text; *c; ++c) {
          put(expansion, *c, part->is_literal || context.is_quoted);
        }
        break;
      case PART_QUOTED: {
        struct context quoted = context;
        quoted.is_quoted = true;
        // "" is a field, but "$@" without arguments is none.
        const struct part* inner = part->parts;
        const bool is_only_list = inner && !inner->next && inner->kind == PART_PARAMETER &&
                                  inner->text[0] == '@' && inner->operation == PARAMETER_VALUE;
        if (!is_only_list) {
          expansion->is_field = true;
          expansion->ended_by_blank = false;
        }
        expand_parts(expansion, inner, quoted);
        break;
      }
      case PART_PARAMETER:
        expand_parameter(expansion, part, context);
        break;
      case PART_COMMAND:
        put_result(expansion, output_of(part->command), context);
        break;
      case PART_ARITHMETIC: {
        const struct word expression = {.parts = part->parts};
        put_result(expansion, format_number(evaluate(expand_to_text(&expression))), context);
        break;
      }
    }
  }
}

static struct expansion start_expansion(struct strings* fields) {
  const char* separators = variable_value("IFS");
  return (struct expansion){.fields = fields, .separators = separators ? separators : " \t\n"};
}

// A `~` or `~NAME` at the begin of an unquoted text: writes the directory, and returns what
// follows.
static const char* expand_tilde(struct expansion* expansion, const char* text,
                                bool has_more_parts) {
  if (*text != '~') return text;
  const size_t size = strcspn(text + 1, "/:");
  if (has_more_parts && text[1 + size] == '\0') return text;  // ~"name"
  const char* directory = NULL;
  if (size == 0) {
    directory = variable_value("HOME");
  } else {
    const struct passwd* user = getpwnam(arena_copy(&scratch, text + 1, size));
    if (user) directory = user->pw_dir;
  }
  if (!directory) return text;
  expansion->is_field = true;
  for (; *directory; ++directory) put(expansion, *directory, true);
  return text + 1 + size;
}

// A word's tildes are those at its begin; a value's also those behind colons.
static void expand_word(struct expansion* expansion, const struct word* word,
                        struct context context, bool is_value) {
  const struct part* part = word->parts;
  if (part && part->kind == PART_TEXT && !part->is_literal && strchr(part->text, '~')) {
    const char* text = expand_tilde(expansion, part->text, part->next != NULL);
    for (; *text; ++text) {
      put(expansion, *text, false);
      if (is_value && *text == ':' && text[1] == '~') {
        text = expand_tilde(expansion, text + 1, part->next != NULL) - 1;
      }
    }
    part = part->next;
  }
  expand_parts(expansion, part, context);
}

void expand_words(const struct word* words, struct strings* fields) {
  for (const struct word* word = words; word; word = word->next) {
    struct expansion expansion = start_expansion(fields);
    expand_word(&expansion, word, (struct context){0}, false);
    finish_field(&expansion);
    text_free(&expansion.pattern);
  }
}

char* expand_to_pattern(const struct word* word) {
  struct expansion expansion = start_expansion(NULL);
  expand_word(&expansion, word, (struct context){.is_pattern = true}, false);
  text_append(&expansion.pattern, "");
  return text_take(&expansion.pattern, &scratch);
}

char* expand_to_text(const struct word* word) {
  struct expansion expansion = start_expansion(NULL);
  // As if quoted, but for tildes: so nothing that results has a meaning, and backslashes stay.
  const struct part* first = word->parts;
  const bool has_tilde = first && first->kind == PART_TEXT && !first->is_literal;
  struct context context = {0};
  expand_word(&expansion, word, context, has_tilde);
  text_append(&expansion.pattern, "");
  return without_backslashes(text_take(&expansion.pattern, &scratch));
}
