// Commands that are part of the shell, but for those with files of their own.
#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/times.h>
#include <unistd.h>

#include "parser_internal.h"
#include "shell.h"

bool parse_number(const char* text, long* number) {
  char* end;
  errno = 0;
  *number = strtol(text, &end, 10);
  return (isdigit((unsigned char)*text) || *text == '-' || *text == '+') && *end == '\0' &&
         errno == 0;
}

// An operand that must be a number that is not negative.
static int required_number(const char* command, const char* text) {
  long number;
  if (!parse_number(text, &number) || number < 0 || number > INT_MAX) {
    fail(2, "%s: Illegal number: %s", command, text);
  }
  return (int)number;
}

// ---- control flow

static int builtin_colon(int count, char** values) { return (void)count, (void)values, 0; }
static int builtin_false(int count, char** values) { return (void)count, (void)values, 1; }

static int leave_loops(int count, char** values, enum leaving leaving) {
  const int loops = count > 1 ? required_number(values[0], values[1]) : 1;
  if (loops == 0) fail(2, "%s: Illegal number: 0", values[0]);
  if (shell.loops == 0) return 0;
  shell.leaving = leaving;
  shell.leaving_loops = loops < shell.loops ? loops : shell.loops;
  return 0;
}
static int builtin_break(int count, char** values) {
  return leave_loops(count, values, LEAVING_BREAK);
}
static int builtin_continue(int count, char** values) {
  return leave_loops(count, values, LEAVING_CONTINUE);
}
static int builtin_return(int count, char** values) {
  const int status = count > 1 ? required_number("return", values[1]) : shell.status;
  shell.leaving = LEAVING_RETURN;
  return status & 0xff;
}
static int builtin_exit(int count, char** values) {
  shell_exit(count > 1 ? required_number("exit", values[1]) & 0xff : shell.status);
}

static int builtin_eval(int count, char** values) {
  struct text text = {0};
  text_append(&text, "");
  for (int i = 1; i < count; ++i) {
    if (i > 1) text_add(&text, ' ');
    text_append(&text, values[i]);
  }
  struct source source;
  source_of_string(&source, text.data);
  text_free(&text);
  const int status = run_source(&source, false);
  text_free(&source.text);
  return status;
}

static int builtin_dot(int count, char** values) {
  if (count < 2) return 0;
  const char* path = values[1];
  struct source source;
  bool is_open = strchr(path, '/') && source_of_file(&source, path);
  const char* directories = strchr(path, '/') ? NULL : variable_value("PATH");
  while (!is_open && directories) {
    const size_t size = strcspn(directories, ":");
    const size_t total = size + strlen(path) + 3;
    char* candidate = arena_allocate(&scratch, total);
    snprintf(candidate, total, "%.*s/%s", size ? (int)size : 1, size ? directories : ".", path);
    is_open = source_of_file(&source, candidate);
    directories = directories[size] ? directories + size + 1 : NULL;
  }
  if (!is_open) fail(2, ".: cannot open %s: No such file", path);
  source.name = path;
  const struct arguments outer = shell.arguments;
  if (count > 2) shell.arguments = (struct arguments){values + 2, count - 2};
  ++shell.functions;
  const int status = run_source(&source, false);
  --shell.functions;
  if (count > 2) shell.arguments = outer;
  close(source.descriptor);
  text_free(&source.text);
  if (shell.leaving == LEAVING_RETURN) shell.leaving = LEAVING_NOTHING;
  return status;
}

static int builtin_exec(int count, char** values) {
  if (count == 1) return 0;
  const int status = become_program(values + 1);
  if (!shell.is_interactive) shell_exit(status);
  return status;
}

// ---- variables and options

static int declare(int count, char** values, void (*mark)(const char* name), const char* prefix) {
  if (count == 1 || strcmp(values[1], "-p") == 0) {
    variables_print(prefix, mark == variable_export, mark == variable_make_read_only);
    return 0;
  }
  for (int i = 1; i < count; ++i) {
    const char* equals = strchr(values[i], '=');
    const size_t size = equals ? (size_t)(equals - values[i]) : strlen(values[i]);
    if (!is_name(values[i], size)) fail(2, "%s: %s: bad variable name", values[0], values[i]);
    const char* name = arena_copy(&scratch, values[i], size);
    if (equals) variable_set(name, equals + 1);
    mark(name);
  }
  return 0;
}
static int builtin_export(int count, char** values) {
  return declare(count, values, variable_export, "export ");
}
static int builtin_readonly(int count, char** values) {
  return declare(count, values, variable_make_read_only, "readonly ");
}

static int builtin_local(int count, char** values) {
  if (shell.functions == 0) fail(2, "local: not in a function");
  // `local` itself has a scope, for assignments before it; the function's is the one outside.
  struct scope* own = innermost_scope;
  innermost_scope = own->outer;
  for (int i = 1; i < count; ++i) {
    const char* equals = strchr(values[i], '=');
    const size_t size = equals ? (size_t)(equals - values[i]) : strlen(values[i]);
    if (!is_name(values[i], size)) fail(2, "local: %s: bad variable name", values[i]);
    const char* name = arena_copy(&scratch, values[i], size);
    scope_save(name);
    if (equals) variable_set(name, equals + 1);
  }
  innermost_scope = own;
  return 0;
}

static int builtin_unset(int count, char** values) {
  int i = 1;
  bool is_function = false;
  for (; i < count && values[i][0] == '-'; ++i) is_function = strcmp(values[i], "-f") == 0;
  for (; i < count; ++i) {
    if (is_function) {
      forget_function(values[i]);
    } else if (!variable_unset(values[i])) {
      fail(2, "unset: %s: is read only", values[i]);
    }
  }
  return 0;
}

static const struct {
  const char* name;
  enum option letter;
} option_names[] = {
    {"allexport", OPTION_ALLEXPORT}, {"errexit", OPTION_ERREXIT}, {"noclobber", OPTION_NOCLOBBER},
    {"noexec", OPTION_NOEXEC},       {"noglob", OPTION_NOGLOB},   {"nounset", OPTION_NOUNSET},
    {"verbose", OPTION_VERBOSE},     {"xtrace", OPTION_XTRACE},
};
enum { OPTION_NAMES = sizeof option_names / sizeof *option_names };

static void set_option_by_name(const char* name, bool value) {
  for (int i = 0; i < OPTION_NAMES; ++i) {
    if (strcmp(option_names[i].name, name) != 0) continue;
    shell.options[option_names[i].letter] = value;
    return;
  }
  fail(2, "set: Illegal option -o %s", name);
}

static void set_arguments(char** values, int count) {
  // Those before are only freed with the shell: "$@" may be what is being expanded.
  char** copies = allocate((size_t)(count + 1) * sizeof *copies);
  for (int i = 0; i < count; ++i) copies[i] = copy_string(values[i]);
  copies[count] = NULL;
  shell.arguments = (struct arguments){copies, count};
}

int parse_options(int count, char** values, struct invocation* invocation) {
  int i = 1;
  for (; i < count && (values[i][0] == '-' || values[i][0] == '+') && values[i][1]; ++i) {
    const bool value = values[i][0] == '-';
    if (strcmp(values[i], "--") == 0) break;
    for (const char* letter = values[i] + 1; *letter; ++letter) {
      if (*letter == 'o' && i + 1 < count) {
        set_option_by_name(values[++i], value);
        break;
      }
      if (invocation && strchr("cisl", *letter)) {
        invocation->is_string |= *letter == 'c';
        invocation->is_interactive |= *letter == 'i';
        invocation->is_input |= *letter == 's';
        continue;
      }
      if (!strchr("aefnuvxC", *letter)) fail(2, "set: Illegal option %c%c", values[i][0], *letter);
      shell.options[(unsigned char)*letter] = value;
    }
  }
  return i;
}

static int builtin_set(int count, char** values) {
  if (count == 1) {
    variables_print("", false, false);
    return 0;
  }
  if (count == 2 && (strcmp(values[1], "-o") == 0 || strcmp(values[1], "+o") == 0)) {
    for (int i = 0; i < OPTION_NAMES; ++i) {
      const bool value = shell.options[option_names[i].letter];
      if (values[1][0] == '-') {
        printf("%-15s %s\n", option_names[i].name, value ? "on" : "off");
      } else {
        printf("set %co %s\n", value ? '-' : '+', option_names[i].name);
      }
    }
    return 0;
  }
  int i = parse_options(count, values, NULL);
  const bool has_end = i < count && strcmp(values[i], "--") == 0;
  if (has_end) ++i;
  if (i < count || has_end) set_arguments(values + i, count - i);
  return 0;
}

static int builtin_shift(int count, char** values) {
  const int by = count > 1 ? required_number("shift", values[1]) : 1;
  if (by > shell.arguments.count) fail(2, "shift: can't shift that many");
  shell.arguments.values += by;
  shell.arguments.count -= by;
  return 0;
}

// ---- the process

// A path without `.` and `..`, as `cd` keeps it in PWD; links are not looked at.
static char* folded_path(const char* path) {
  struct text result = {0};
  text_append(&result, "");
  while (*path) {
    path += strspn(path, "/");
    const size_t size = strcspn(path, "/");
    if (size == 0 || (size == 1 && path[0] == '.')) {
    } else if (size == 2 && path[0] == '.' && path[1] == '.') {
      while (result.size > 0 && result.data[result.size - 1] != '/') --result.size;
      if (result.size > 0) --result.size;
      result.data[result.size] = '\0';
    } else {
      text_add(&result, '/');
      text_append_bytes(&result, path, size);
    }
    path += size;
  }
  if (result.size == 0) text_add(&result, '/');
  return text_take(&result, &scratch);
}

// The working directory by the name that led there, if that is still right.
static const char* working_directory(void) {
  const char* kept = variable_value("PWD");
  struct stat here, there;
  if (kept && kept[0] == '/' && stat(kept, &there) == 0 && stat(".", &here) == 0 &&
      here.st_dev == there.st_dev && here.st_ino == there.st_ino) {
    return kept;
  }
  char* buffer = arena_allocate(&scratch, PATH_MAX);
  return getcwd(buffer, PATH_MAX);
}

static bool change_directory(const char* target, bool is_physical) {
  const char* before = working_directory();
  const char* path = target;
  if (!is_physical && target[0] != '/' && before) {
    const size_t total = strlen(before) + strlen(target) + 2;
    char* joined = arena_allocate(&scratch, total);
    snprintf(joined, total, "%s/%s", before, target);
    path = joined;
  }
  if (!is_physical && path[0] == '/') path = folded_path(path);
  if (chdir(path) < 0) return false;
  char* physical = arena_allocate(&scratch, PATH_MAX);
  const char* after = is_physical || path[0] != '/' ? getcwd(physical, PATH_MAX) : path;
  if (before) variable_set("OLDPWD", arena_copy(&scratch, before, strlen(before)));
  if (after) variable_set("PWD", after);
  return true;
}

static int builtin_cd(int count, char** values) {
  int i = 1;
  bool is_physical = false, prints = false;
  for (; i < count && (!strcmp(values[i], "-P") || !strcmp(values[i], "-L")); ++i) {
    is_physical = values[i][1] == 'P';
  }
  if (i < count && strcmp(values[i], "--") == 0) ++i;
  const char* target = i < count ? values[i] : variable_value("HOME");
  if (target && strcmp(target, "-") == 0) {
    target = variable_value("OLDPWD");
    prints = true;
  }
  if (!target) {
    complain("cd: there is nowhere to go");
    return 2;
  }
  const char* search = variable_value("CDPATH");
  bool is_there = false;
  if (search && target[0] != '/' && target[0] != '.') {
    for (; !is_there; ++search) {
      const size_t size = strcspn(search, ":");
      const size_t total = size + strlen(target) + 2;
      char* joined = arena_allocate(&scratch, total);
      snprintf(joined, total, "%.*s%s%s", (int)size, search, size ? "/" : "", target);
      is_there = change_directory(joined, is_physical);
      prints |= is_there && size > 0;
      search += size;
      if (!*search) break;
    }
  }
  if (!is_there && !change_directory(target, is_physical)) {
    complain("cd: can't cd to %s", target);
    return 2;
  }
  if (prints) puts(variable_value("PWD"));
  return 0;
}

static int builtin_pwd(int count, char** values) {
  char buffer[PATH_MAX];
  const bool is_physical = count > 1 && strcmp(values[1], "-P") == 0;
  const char* path = is_physical ? getcwd(buffer, sizeof buffer) : working_directory();
  if (!path) {
    complain("pwd: %s", strerror(errno));
    return 1;
  }
  puts(path);
  return 0;
}

// "u=rwx,go=rx" and so on; -1 if it is not that. A mask holds what is not allowed.
static int parse_symbolic_mask(const char* text, int mask) {
  int allowed = ~mask & 0777;
  while (true) {
    int who = 0, what = 0;
    for (; *text && strchr("ugoa", *text); ++text) {
      who |= *text == 'u' ? 0700 : *text == 'g' ? 0070 : *text == 'o' ? 0007 : 0777;
    }
    if (who == 0) who = 0777;
    const char change = *text;
    if (change == '\0' || !strchr("+-=", change)) return -1;
    for (++text; *text && strchr("rwxX", *text); ++text) {
      what |= *text == 'r' ? 0444 : *text == 'w' ? 0222 : 0111;
    }
    what &= who;
    if (change == '+') {
      allowed |= what;
    } else {
      allowed &= change == '-' ? ~what : ~who | what;
      if (change == '=') allowed |= what;
    }
    if (*text == '\0') return ~allowed & 0777;
    if (*text++ != ',') return -1;
  }
}

static int builtin_umask(int count, char** values) {
  const mode_t mask = umask(0);
  umask(mask);
  if (count == 1) {
    printf("%04o\n", (unsigned)mask);
    return 0;
  }
  if (strcmp(values[1], "-S") == 0) {
    const char* separator = "";
    for (int i = 0; i < 3; ++i) {
      const unsigned allowed = ~mask >> (6 - 3 * i) & 7;
      printf("%s%c=%s%s%s", separator, "ugo"[i], allowed & 4 ? "r" : "", allowed & 2 ? "w" : "",
             allowed & 1 ? "x" : "");
      separator = ",";
    }
    putchar('\n');
    return 0;
  }
  char* end;
  long fresh = strtol(values[1], &end, 8);
  if (!isdigit((unsigned char)values[1][0]) || *end || fresh > 0777) {
    fresh = isdigit((unsigned char)values[1][0]) ? -1 : parse_symbolic_mask(values[1], (int)mask);
  }
  if (fresh < 0) fail(2, "umask: Illegal mode: %s", values[1]);
  umask((mode_t)fresh);
  return 0;
}

static int builtin_times(int count, char** values) {
  (void)count;
  (void)values;
  struct tms used;
  times(&used);
  const double unit = (double)sysconf(_SC_CLK_TCK);
  const clock_t all[] = {used.tms_utime, used.tms_stime, used.tms_cutime, used.tms_cstime};
  for (int i = 0; i < 4; ++i) {
    const double seconds = (double)all[i] / unit;
    printf("%dm%fs%c", (int)(seconds / 60), seconds - 60 * (int)(seconds / 60), i % 2 ? '\n' : ' ');
  }
  return 0;
}

// ---- what commands are

static const char* const reserved[] = {"!",    "{",  "}",   "case", "do", "done", "elif",  "else",
                                       "esac", "fi", "for", "if",   "in", "then", "until", "while"};

// Says what a name stands for: the path or name alone, or a sentence.
static int describe(const char* name, bool is_verbose) {
  int error;
  const char* path;
  for (size_t i = 0; i < sizeof reserved / sizeof *reserved; ++i) {
    if (strcmp(reserved[i], name) != 0) continue;
    printf(is_verbose ? "%s is a shell keyword\n" : "%s\n", name);
    return 0;
  }
  if (is_special_builtin(name)) {
    printf(is_verbose ? "%s is a special shell builtin\n" : "%s\n", name);
  } else if (find_function(name)) {
    printf(is_verbose ? "%s is a shell function\n" : "%s\n", name);
  } else if (find_builtin(name)) {
    printf(is_verbose ? "%s is a shell builtin\n" : "%s\n", name);
  } else if ((path = find_program(name, &error)) != NULL && access(path, X_OK) == 0) {
    if (is_verbose) printf("%s is ", name);
    puts(path);
  } else {
    if (is_verbose) printf("%s: not found\n", name);
    return 127;
  }
  return 0;
}

static int builtin_type(int count, char** values) {
  int status = 0;
  for (int i = 1; i < count; ++i) status |= describe(values[i], true);
  return status;
}

static int builtin_command(int count, char** values) {
  int i = 1;
  char kind = 0;
  for (; i < count && values[i][0] == '-' && values[i][1]; ++i) {
    if (strcmp(values[i], "--") == 0) {
      ++i;
      break;
    }
    kind = values[i][1];
  }
  if (i == count) return 0;
  if (kind != 'v' && kind != 'V') return call_with_arguments(values + i, count - i, false, 0);
  int status = 0;
  for (; i < count; ++i) status |= describe(values[i], kind == 'V');
  return status;
}

const struct builtin* find_builtin(const char* name) {
  static const struct builtin builtins[] = {
      {".", builtin_dot, true},
      {":", builtin_colon, true},
      {"[", builtin_test, false},
      {"bg", builtin_bg, false},
      {"break", builtin_break, true},
      {"cd", builtin_cd, false},
      {"command", builtin_command, false},
      {"continue", builtin_continue, true},
      {"echo", builtin_echo, false},
      {"eval", builtin_eval, true},
      {"exec", builtin_exec, true},
      {"exit", builtin_exit, true},
      {"export", builtin_export, true},
      {"false", builtin_false, false},
      {"fg", builtin_fg, false},
      {"getopts", builtin_getopts, false},
      {"jobs", builtin_jobs, false},
      {"kill", builtin_kill, false},
      {"local", builtin_local, false},
      {"printf", builtin_printf, false},
      {"pwd", builtin_pwd, false},
      {"read", builtin_read, false},
      {"readonly", builtin_readonly, true},
      {"return", builtin_return, true},
      {"set", builtin_set, true},
      {"shift", builtin_shift, true},
      {"test", builtin_test, false},
      {"times", builtin_times, true},
      {"trap", builtin_trap, true},
      {"true", builtin_colon, false},
      {"type", builtin_type, false},
      {"umask", builtin_umask, false},
      {"unset", builtin_unset, true},
      {"wait", builtin_wait, false},
  };
  size_t low = 0, high = sizeof builtins / sizeof *builtins;
  while (low < high) {
    const size_t middle = (low + high) / 2;
    const int order = strcmp(name, builtins[middle].name);
    if (order == 0) return &builtins[middle];
    if (order < 0) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  return NULL;
}
