// The state of the shell, and what its parts offer one another.
//
// A status is what a command ends with: 0 to 255. Errors that end a shell that nobody types into
// are reported by fail().
#ifndef SHELL_SHELL_H_
#define SHELL_SHELL_H_

#include <setjmp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/types.h>

#include "memory.h"
#include "syntax.h"

// Why commands are being left, up to whoever it concerns.
enum leaving { LEAVING_NOTHING, LEAVING_BREAK, LEAVING_CONTINUE, LEAVING_RETURN };

enum option {
  OPTION_ERREXIT = 'e',
  OPTION_XTRACE = 'x',
  OPTION_NOUNSET = 'u',
  OPTION_NOGLOB = 'f',
  OPTION_NOCLOBBER = 'C',
  OPTION_ALLEXPORT = 'a',
  OPTION_NOEXEC = 'n',
  OPTION_VERBOSE = 'v',
};

struct arguments {  // $1, $2, ...
  char** values;
  int count;
};

struct shell {
  const char* name;  // $0
  struct arguments arguments;
  int status;               // $?
  int substitution_status;  // of the last $(...), or -1
  pid_t id;                 // $$: of the first shell, in subshells too
  pid_t last_background;    // $!, 0 if there was none
  bool is_interactive;
  bool options[128];
  enum leaving leaving;
  int leaving_loops;  // of break and continue: how many loops are to be left
  int loops;          // that enclose the command being run
  int functions;      // and functions and sourced files
  bool is_tested;     // the status of such a function or file is looked at, hence -e does not apply
  jmp_buf* on_error;  // where an interactive shell goes on after an error
};
extern struct shell shell;

// Reports an error in the form of printf, after the shell's name.
void complain(const char* format, ...) __attribute__((format(printf, 1, 2)));
// The same, and leaves the command line; a shell that nobody types into ends with this status.
_Noreturn void fail(int status, const char* format, ...) __attribute__((format(printf, 2, 3)));
// Ends the shell: the trap of EXIT runs, and output is written.
_Noreturn void shell_exit(int status);
// Reads and runs commands until the source ends; the last one's status. `is_last`: the shell ends
// afterwards.
int run_source(struct source* source, bool is_last);
// The file as a source, or false with errno.
bool source_of_file(struct source* source, const char* path);

// ---- variables.c

void variables_start(char** environment);
const char* variable_value(const char* name);  // null if it is not set
void variable_set(const char* name, const char* value);
bool variable_unset(const char* name);  // false if it may not be changed
void variable_export(const char* name);
void variable_make_read_only(const char* name);
void variables_print(const char* prefix, bool only_exported, bool only_read_only);
char** variables_environment(void);  // in scratch
// What is set after a scope began and noted in it returns to what it was at its end.
struct saved_variable;
struct scope {
  struct scope* outer;
  struct saved_variable* saved;
};
void scope_begin(struct scope* scope);
void scope_save(const char* name);  // in the innermost one
void scope_end(struct scope* scope);
extern struct scope* innermost_scope;
void print_quoted(const char* text);  // so that a shell reads it as one word

// ---- expand.c

void expand_words(const struct word* words, struct strings* fields);  // items in scratch
char* expand_to_text(const struct word* word);     // in scratch: one text, as of a value
char* expand_to_pattern(const struct word* word);  // in scratch, for fnmatch
bool is_ifs(const char* separators, char c);

// ---- arithmetic.c

long long evaluate(const char* expression);

// ---- execute.c

enum {
  EXECUTE_TESTED = 1,  // the status is looked at, hence -e does not apply
  EXECUTE_LAST = 2,    // the shell ends afterwards, hence may become the command
};
int execute(const struct node* node, int flags);
// Runs it in a child whose standard output, or other descriptors, `prepare` has set up.
pid_t fork_subshell(bool is_background);
// What a command's name is, for `command -v` and `type`.
const struct node* find_function(const char* name);
void forget_function(const char* name);
char* find_program(const char* name, int* error);  // its path, in scratch; or null and an errno
int call_with_arguments(char** values, int count, bool may_be_function, int flags);
// Replaces the shell by a program; returns 126 or 127 after having complained.
int become_program(char** arguments);
bool is_special_builtin(const char* name);

// ---- redirect.c

struct saved_descriptor;
// Does what they say. *saved gets what is needed to undo it; null if it is for ever. False after
// having complained; what was done before is undone then.
bool redirect(const struct redirection* redirections, struct saved_descriptor** saved);
void undo_redirections(struct saved_descriptor* saved);
int move_out_of_the_way(int descriptor);  // to 10 or more, not inherited by programs

// ---- jobs.c

struct job;
void job_started(pid_t process, const char* text);
void jobs_forget(void);  // in a subshell: they are the parent's
int wait_for_process(pid_t process);
int status_of_wait(int word);
int builtin_jobs(int count, char** values);
int builtin_wait(int count, char** values);
int builtin_kill(int count, char** values);
int builtin_fg(int count, char** values);
int builtin_bg(int count, char** values);

// ---- traps.c

void traps_start(void);
void run_pending_traps(void);
void run_exit_trap(void);
void traps_reset_in_subshell(void);
bool traps_are_set(void);                   // so that something is left to do for the shell
void traps_get_handled(sigset_t* signals);  // those that programs must get as default
bool signal_was_trapped(int* signal);       // one is pending
int signal_number(const char* name);        // of INT, SIGINT or 2; -1
const char* signal_name(int number);        // null if there is none
int builtin_trap(int count, char** values);

// ---- builtins*.c, test.c, printf.c

typedef int builtin_function(int count, char** values);
struct builtin {
  const char* name;
  builtin_function* run;
  bool is_special;  // what POSIX calls so: assignments before it stay
};
const struct builtin* find_builtin(const char* name);
builtin_function builtin_test, builtin_printf, builtin_echo, builtin_read, builtin_getopts;
bool parse_number(const char* text, long* number);
// How the shell was called.
struct invocation {
  bool is_string;       // -c
  bool is_input;        // -s
  bool is_interactive;  // -i
};
// Sets the options that the values begin with; the index of the first that is none. Those of the
// command line only with `invocation`, which may be null.
int parse_options(int count, char** values, struct invocation* invocation);

#endif
