// A shell: POSIX's command language, for scripts, makefiles, system() and popen().
//
// How a command line becomes processes:
//
//   source.c        gives characters, no more than the command needs: the rest of standard input
//                   belongs to the commands
//   lexer.c         makes tokens, and the parts of words: quotes, $NAME, $(...)
//   parser.c        makes a tree of them (syntax.h), by recursive descent
//   execute.c       walks the tree. Simple commands are where everything meets: words are expanded,
//                   assignments and redirections made, and a function, builtin or program is run
//   expand.c        makes texts and fields of words; arithmetic.c, variables.c
//   redirect.c      opens files, and puts back what was there
//   jobs.c, traps.c children in the background; signals
//   builtins.c, input_output.c, test.c    the builtins
//
// Control flow within the shell: a command has a status. `break`, `continue` and `return` set
// `shell.leaving`, and every loop over commands stops when it is set. Errors of expansion and the
// like (fail()) end a shell that reads a script; one that a person types into goes on with the next
// line, by longjmp.
//
// Memory: each command that is read has an arena for its tree, which is released after the command
// has run, unless it defined functions. What expansions make lies in the arena `scratch`, which
// execute() cuts back after every command (memory.h).
//
// Processes: subshells, the stages of pipelines, substitutions and background jobs are forks.
// Programs are started by posix_spawn, with the shell's own descriptors redirected meanwhile. A
// shell that has nothing to do after a program becomes the program.
//
// There is no job control: background jobs are children that are waited for later, nothing is
// stopped, and everything stays in the shell's process group. There are no aliases and no line
// editing.
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "shell.h"

extern char** environ;

struct shell shell = {.name = "sh"};

void complain(const char* format, ...) {
  fflush(stdout);
  fprintf(stderr, "%s: ", shell.name);
  va_list arguments;
  va_start(arguments, format);
  vfprintf(stderr, format, arguments);
  va_end(arguments);
  fputc('\n', stderr);
}

void fail(int status, const char* format, ...) {
  fflush(stdout);
  fprintf(stderr, "%s: ", shell.name);
  va_list arguments;
  va_start(arguments, format);
  vfprintf(stderr, format, arguments);
  va_end(arguments);
  fputc('\n', stderr);
  shell.status = status;
  if (shell.on_error) longjmp(*shell.on_error, 1);
  shell_exit(status);
}

void shell_exit(int status) {
  shell.status = status;
  shell.leaving = LEAVING_NOTHING;
  run_exit_trap();
  fflush(stdout);
  _exit(shell.status & 0xff);
}

bool source_of_file(struct source* source, const char* path) {
  int descriptor = open(path, O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return false;
  // Scripts use the numbers below 10.
  const int moved = move_out_of_the_way(descriptor);
  if (moved >= 0) descriptor = moved;
  *source = (struct source){.descriptor = descriptor, .line = 1, .name = path};
  return true;
}

int run_source(struct source* source, bool is_last) {
  int status = 0;
  while (shell.leaving == LEAVING_NOTHING) {
    struct arena arena = {0};
    struct node* command = NULL;
    bool is_kept = false;
    const enum parse_result result = parse_command(source, &arena, &command, &is_kept);
    if (result == PARSE_ERROR) {
      arena_release(&arena);
      shell.status = 2;
      if (!source->is_prompting) {
        if (shell.on_error) longjmp(*shell.on_error, 1);
        shell_exit(2);
      }
      // The rest of the line is not looked at.
      source->position = source->text.size;
      continue;
    }
    if (result == PARSE_END) {
      arena_release(&arena);
      return status;
    }
    const bool ends = is_last && source_is_done(source);
    if (command) status = execute(command, ends ? EXECUTE_LAST : 0);
    if (!is_kept) arena_release(&arena);
  }
  return status;
}

// With a person at the terminal errors only end the line.
static int run_interactively(struct source* source) {
  jmp_buf on_error;
  const struct arguments arguments = shell.arguments;
  volatile int status = 0;
  if (setjmp(on_error) != 0) {
    status = shell.status;
    shell.leaving = LEAVING_NOTHING;
    shell.loops = shell.functions = 0;
    shell.is_tested = false;
    shell.arguments = arguments;
    innermost_scope = NULL;
    source->position = source->text.size;
  }
  shell.on_error = &on_error;
  status = run_source(source, false);
  return status;
}

static void start_working_directory(void) {
  char path[PATH_MAX];
  if (!variable_value("PWD") && getcwd(path, sizeof path)) variable_set("PWD", path);
}

int main(int count, char** values) {
  if (count > 0 && values[0][0]) shell.name = values[0];
  shell.id = getpid();
  variables_start(environ);
  start_working_directory();

  struct invocation invocation = {0};
  int next = parse_options(count, values, &invocation);
  if (next < count && strcmp(values[next], "--") == 0) ++next;

  struct source source;
  if (invocation.is_string) {
    if (next == count) fail(2, "-c requires an argument");
    source_of_string(&source, values[next++]);
    if (next < count) shell.name = values[next++];
  } else if (next < count && !invocation.is_input) {
    shell.name = values[next];
    if (!source_of_file(&source, values[next])) {
      const int error = errno;
      complain("cannot open %s: %s", values[next], strerror(error));
      return error == ENOENT ? 127 : 126;
    }
    ++next;
  } else {
    source = (struct source){.descriptor = STDIN_FILENO, .line = 1, .is_shared = true};
    shell.is_interactive =
        invocation.is_interactive || (isatty(STDIN_FILENO) && isatty(STDERR_FILENO));
    source.is_prompting = shell.is_interactive;
  }
  shell.arguments = (struct arguments){values + next, count - next};
  traps_start();
  shell_exit(shell.is_interactive ? run_interactively(&source)
                                  : run_source(&source, invocation.is_string));
}
