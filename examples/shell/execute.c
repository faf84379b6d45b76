// Runs trees of commands.
//
// What a subshell, a pipeline or `&` needs is a fork; a program is started by posix_spawn, which is
// cheaper, unless the shell has nothing left to do and can become the program.
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "shell.h"

// ---- functions

// Their bodies belong to trees that are kept for ever.
struct function {
  struct function* next;
  const char* name;
  const struct node* body;  // null once it was unset
};
static struct function* functions;

static struct function* find_entry(const char* name) {
  struct function* function = functions;
  while (function && strcmp(function->name, name) != 0) function = function->next;
  return function;
}

const struct node* find_function(const char* name) {
  const struct function* function = find_entry(name);
  return function ? function->body : NULL;
}

void forget_function(const char* name) {
  struct function* function = find_entry(name);
  if (function) function->body = NULL;
}

static void define_function(const char* name, const struct node* body) {
  struct function* function = find_entry(name);
  if (!function) {
    function = allocate(sizeof *function);
    *function = (struct function){.next = functions, .name = name};
    functions = function;
  }
  function->body = body;
}

static int call_function(const struct node* body, char** values, int count) {
  if (shell.functions > 1000) fail(2, "%s: functions call one another too deeply", values[0]);
  const struct arguments outer = shell.arguments;
  const int outer_loops = shell.loops;
  struct arguments inner = {.count = count - 1};
  inner.values = arena_allocate(&scratch, (size_t)count * sizeof *inner.values);
  for (int i = 1; i < count; ++i) inner.values[i - 1] = values[i];
  shell.arguments = inner;
  shell.loops = 0;
  ++shell.functions;
  struct scope scope;
  scope_begin(&scope);
  const int status = execute(body, 0);
  scope_end(&scope);
  --shell.functions;
  shell.loops = outer_loops;
  shell.arguments = outer;
  if (shell.leaving == LEAVING_RETURN) shell.leaving = LEAVING_NOTHING;
  return status;
}

// ---- programs

char* find_program(const char* name, int* error) {
  struct stat status;
  if (strchr(name, '/')) return arena_copy(&scratch, name, strlen(name));
  *error = ENOENT;
  const char* path = variable_value("PATH");
  while (path && *name) {
    const size_t size = strcspn(path, ":");
    const size_t total = size + strlen(name) + 3;
    char* candidate = arena_allocate(&scratch, total);
    snprintf(candidate, total, "%.*s/%s", size ? (int)size : 1, size ? path : ".", name);
    if (stat(candidate, &status) == 0 && S_ISREG(status.st_mode)) {
      if (access(candidate, X_OK) == 0) return candidate;
      *error = EACCES;
    }
    path = path[size] ? path + size + 1 : NULL;
  }
  return NULL;
}

static int complain_about_program(const char* name, int error) {
  complain("%s: %s", name, error == ENOENT ? "not found" : strerror(error));
  return error == ENOENT ? 127 : 126;
}

// A file that is no program is a script for the shell itself.
static int run_as_script(const char* path, char** arguments) {
  struct source source;
  if (!source_of_file(&source, path)) return complain_about_program(path, errno);
  shell.name = path;
  shell.arguments.values = arguments + 1;
  shell.arguments.count = 0;
  while (shell.arguments.values[shell.arguments.count]) ++shell.arguments.count;
  shell.functions = shell.loops = 0;
  shell.is_tested = false;
  return run_source(&source, true);
}

int become_program(char** arguments) {
  int error = ENOENT;
  char* path = find_program(arguments[0], &error);
  if (!path) return complain_about_program(arguments[0], error);
  fflush(stdout);
  execve(path, arguments, variables_environment());
  if (errno == ENOEXEC) return run_as_script(path, arguments);
  return complain_about_program(arguments[0], errno);
}

static int run_program(char** arguments) {
  int error = ENOENT;
  char* path = find_program(arguments[0], &error);
  if (!path) return complain_about_program(arguments[0], error);
  sigset_t handled;
  traps_get_handled(&handled);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
  posix_spawnattr_setsigdefault(&attributes, &handled);
  pid_t child;
  error = posix_spawn(&child, path, NULL, &attributes, arguments, variables_environment());
  posix_spawnattr_destroy(&attributes);
  if (error == ENOEXEC) {
    child = fork_subshell(false);
    if (child == 0) shell_exit(run_as_script(path, arguments));
    if (child < 0) error = errno;
  }
  if (error != 0 && error != ENOEXEC) return complain_about_program(arguments[0], error);
  return wait_for_process(child);
}

pid_t fork_subshell(bool is_background) {
  fflush(stdout);
  fflush(stderr);
  const pid_t child = fork();
  if (child != 0) return child;
  shell.is_interactive = false;
  shell.on_error = NULL;
  traps_reset_in_subshell();
  jobs_forget();
  if (is_background) {
    signal(SIGINT, SIG_IGN);
    signal(SIGQUIT, SIG_IGN);
  }
  return 0;
}

// ---- simple commands

bool is_special_builtin(const char* name) {
  const struct builtin* builtin = find_builtin(name);
  return builtin && builtin->is_special;
}

// A function, or what a builtin runs, is in the context of its call.
static int call_in_shell(const struct node* function, const struct builtin* builtin, char** values,
                         int count, int flags) {
  const bool outer = shell.is_tested;
  shell.is_tested |= (flags & EXECUTE_TESTED) != 0;
  const int status =
      function ? call_function(function, values, count) : builtin->run(count, values);
  shell.is_tested = outer;
  return status;
}

int call_with_arguments(char** values, int count, bool may_be_function, int flags) {
  const struct node* function = may_be_function ? find_function(values[0]) : NULL;
  const struct builtin* builtin = find_builtin(values[0]);
  if (builtin && (builtin->is_special || !function)) {
    int status = call_in_shell(NULL, builtin, values, count, flags);
    if (fflush(stdout) != 0 || ferror(stdout)) {
      if (status == 0) {
        complain("%s: I/O error", values[0]);
        status = 2;
      }
      clearerr(stdout);
    }
    return status;
  }
  if (function) return call_in_shell(function, NULL, values, count, flags);
  if ((flags & EXECUTE_LAST) && !traps_are_set()) return become_program(values);
  return run_program(values);
}

static void trace(const struct node* node, const struct strings* fields) {
  const char* prompt = variable_value("PS4");
  fputs(prompt ? prompt : "+ ", stderr);
  const char* separator = "";
  for (const struct assignment* a = node->assignments; a; a = a->next) {
    fprintf(stderr, "%s%s=%s", separator, a->name, variable_value(a->name));
    separator = " ";
  }
  for (size_t i = 0; i < fields->count; ++i) {
    fprintf(stderr, "%s%s", separator, fields->items[i]);
    separator = " ";
  }
  fputc('\n', stderr);
}

// Assignments before a special builtin stay; others are for the command alone, and exported to it.
static int execute_simple(const struct node* node, int flags) {
  struct strings fields = {0};
  shell.substitution_status = -1;
  expand_words(node->words, &fields);
  const bool is_command = fields.count > 0;
  const bool is_temporary = is_command && !is_special_builtin(fields.items[0]);
  struct scope scope;
  if (is_temporary) scope_begin(&scope);
  for (const struct assignment* a = node->assignments; a; a = a->next) {
    const char* value = expand_to_text(a->value);
    if (is_temporary) scope_save(a->name);
    variable_set(a->name, value);
    if (is_temporary) variable_export(a->name);
  }
  if (shell.options[OPTION_XTRACE] && (is_command || node->assignments)) trace(node, &fields);
  const bool is_exec = is_command && strcmp(fields.items[0], "exec") == 0;
  struct saved_descriptor* saved = NULL;
  int status;
  if (!redirect(node->redirections, is_exec ? NULL : &saved)) {
    status = 2;
    if (is_command && is_special_builtin(fields.items[0]) && !shell.is_interactive) shell_exit(2);
  } else {
    if (is_command) {
      status = call_with_arguments(fields.items, (int)fields.count, true, flags);
    } else {
      status = shell.substitution_status < 0 ? 0 : shell.substitution_status;
    }
    undo_redirections(saved);
  }
  if (is_temporary) scope_end(&scope);
  strings_free(&fields);
  return status;
}

// ---- pipelines and other children

static int execute_pipeline(const struct node* pipeline, int flags) {
  int input = -1;
  size_t count = 0;
  for (const struct node* stage = pipeline->children; stage; stage = stage->next) ++count;
  pid_t* children = arena_allocate(&scratch, count * sizeof *children);
  size_t started = 0;
  for (const struct node* stage = pipeline->children; stage; stage = stage->next) {
    int ends[2] = {-1, -1};
    if (stage->next && pipe(ends) < 0) break;
    const pid_t child = fork_subshell(false);
    if (child == 0) {
      if (input > 0) dup2(input, STDIN_FILENO);
      if (input > 0) close(input);
      if (ends[0] >= 0) close(ends[0]);
      if (ends[1] >= 0 && ends[1] != STDOUT_FILENO) {
        dup2(ends[1], STDOUT_FILENO);
        close(ends[1]);
      }
      shell_exit(execute(stage, EXECUTE_LAST | (flags & EXECUTE_TESTED)));
    }
    if (input >= 0) close(input);
    if (ends[1] >= 0) close(ends[1]);
    input = ends[0];
    if (child < 0) break;
    children[started++] = child;
  }
  if (started < count) {
    complain("cannot start a pipeline: %s", strerror(errno));
    if (input >= 0) close(input);
  }
  int status = 2;
  for (size_t i = 0; i < started; ++i) {
    const int own = wait_for_process(children[i]);
    if (i + 1 == count) status = own;
  }
  return status;
}

static int execute_subshell(const struct node* node, int flags) {
  if (!(flags & EXECUTE_LAST) || traps_are_set()) {
    const pid_t child = fork_subshell(false);
    if (child < 0) fail(2, "Cannot fork");
    if (child > 0) return wait_for_process(child);
  }
  if (!redirect(node->redirections, NULL)) shell_exit(2);
  shell_exit(execute(node->first, EXECUTE_LAST | (flags & EXECUTE_TESTED)));
}

static int execute_background(const struct node* node) {
  const pid_t child = fork_subshell(true);
  if (child < 0) fail(2, "Cannot fork");
  if (child == 0) {
    // It must not take what the commands after it want to read.
    const int null = open("/dev/null", O_RDONLY);
    if (null > 0) dup2(null, STDIN_FILENO);
    if (null > 0) close(null);
    shell.is_tested = false;
    shell_exit(execute(node->first, EXECUTE_LAST));
  }
  shell.last_background = child;
  job_started(child, node->source);
  return 0;
}

// ---- loops and choices

// After the body of a loop: whether the loop is to be left.
static bool leaves_loop(void) {
  if (shell.leaving == LEAVING_NOTHING) return false;
  if (shell.leaving == LEAVING_RETURN) return true;
  if (--shell.leaving_loops > 0) return true;
  const bool is_break = shell.leaving == LEAVING_BREAK;
  shell.leaving = LEAVING_NOTHING;
  return is_break;
}

static int execute_while(const struct node* node, int flags) {
  int status = 0;
  ++shell.loops;
  while (true) {
    const int condition = execute(node->first, EXECUTE_TESTED);
    if (leaves_loop()) break;
    if ((condition == 0) != (node->kind == NODE_WHILE)) break;
    status = execute(node->second, flags);
    if (leaves_loop()) break;
  }
  --shell.loops;
  return status;
}

static int execute_for(const struct node* node, int flags) {
  struct strings fields = {0};
  if (node->is_over_arguments) {
    for (int i = 0; i < shell.arguments.count; ++i) strings_add(&fields, shell.arguments.values[i]);
  } else {
    expand_words(node->words, &fields);
  }
  int status = 0;
  ++shell.loops;
  for (size_t i = 0; i < fields.count; ++i) {
    variable_set(node->name, fields.items[i]);
    status = execute(node->first, flags);
    if (leaves_loop()) break;
  }
  --shell.loops;
  strings_free(&fields);
  return status;
}

static int execute_case(const struct node* node, int flags) {
  const char* value = expand_to_text(node->words);
  for (const struct case_item* item = node->items; item; item = item->next) {
    for (const struct word* pattern = item->patterns; pattern; pattern = pattern->next) {
      const struct word alone = {.parts = pattern->parts};
      if (fnmatch(expand_to_pattern(&alone), value, 0) != 0) continue;
      return item->body ? execute(item->body, flags) : 0;
    }
  }
  return 0;
}

static int execute_sequence(const struct node* node, int flags) {
  int status = 0;
  for (const struct node* child = node->children; child; child = child->next) {
    const int own = child->next ? flags & ~EXECUTE_LAST : flags;
    status = execute(child, own);
    if (shell.leaving != LEAVING_NOTHING) break;
  }
  return status;
}

// ---- any command

static int execute_compound(const struct node* node, int flags) {
  const int inner = flags & ~EXECUTE_LAST;
  switch (node->kind) {
    case NODE_GROUP:
      return execute(node->first, inner);
    case NODE_WHILE:
    case NODE_UNTIL:
      return execute_while(node, inner);
    case NODE_FOR:
      return execute_for(node, inner);
    case NODE_CASE:
      return execute_case(node, inner);
    default:
      break;
  }
  const int condition = execute(node->first, EXECUTE_TESTED);
  if (shell.leaving != LEAVING_NOTHING) return condition;
  if (condition == 0) return execute(node->second, inner);
  return node->third ? execute(node->third, inner) : 0;
}

static int execute_redirected(const struct node* node, int flags) {
  struct saved_descriptor* saved;
  if (!redirect(node->redirections, &saved)) return 2;
  const int status = execute_compound(node, flags);
  undo_redirections(saved);
  return status;
}

// The first of && and ||; the second decides unless it is skipped.
static int execute_and_or(const struct node* node, int flags, bool* is_decided) {
  const int status = execute(node->first, EXECUTE_TESTED);
  *is_decided = shell.leaving != LEAVING_NOTHING || (status == 0) != (node->kind == NODE_AND);
  return *is_decided ? status : execute(node->second, flags);
}

int execute(const struct node* node, int flags) {
  if (shell.options[OPTION_NOEXEC]) return 0;
  const struct arena_mark mark = arena_mark(&scratch);
  int status = 0;
  // Whether -e may end the shell here: not for what has looked at its parts' statuses already.
  bool is_fatal = false;
  switch (node->kind) {
    case NODE_SIMPLE:
      status = execute_simple(node, flags);
      is_fatal = true;
      break;
    case NODE_PIPELINE:
      status = execute_pipeline(node, flags);
      is_fatal = true;
      break;
    case NODE_SUBSHELL:
      status = execute_subshell(node, flags);
      is_fatal = true;
      break;
    case NODE_NOT:
      status = !execute(node->first, EXECUTE_TESTED);
      break;
    case NODE_AND:
    case NODE_OR: {
      bool is_decided;
      status = execute_and_or(node, flags, &is_decided);
      break;
    }
    case NODE_BACKGROUND:
      status = execute_background(node);
      break;
    case NODE_SEQUENCE:
      status = execute_sequence(node, flags);
      break;
    case NODE_FUNCTION:
      define_function(node->name, node->first);
      break;
    default:
      status = execute_redirected(node, flags);
      break;
  }
  shell.status = status;
  arena_release_to(&scratch, mark);
  run_pending_traps();
  if (status != 0 && is_fatal && shell.options[OPTION_ERREXIT] && !(flags & EXECUTE_TESTED) &&
      !shell.is_tested && shell.leaving == LEAVING_NOTHING) {
    shell_exit(status);
  }
  return status;
}
