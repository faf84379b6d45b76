// Signals and `trap`. A handler only notes that a signal came; commands run where the shell is
// between two commands, or when `wait` is interrupted.
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "shell.h"

enum { SIGNALS = 65, EXIT = 0 };

static char* actions[SIGNALS];  // null: nothing was said; "": ignored
static bool was_ignored[SIGNALS];
static volatile sig_atomic_t pending[SIGNALS], any_pending;

static const struct {
  const char* name;
  int number;
} names[] = {
    {"EXIT", EXIT},    {"HUP", SIGHUP},       {"INT", SIGINT},   {"QUIT", SIGQUIT},
    {"ILL", SIGILL},   {"TRAP", SIGTRAP},     {"ABRT", SIGABRT}, {"BUS", SIGBUS},
    {"FPE", SIGFPE},   {"KILL", SIGKILL},     {"USR1", SIGUSR1}, {"SEGV", SIGSEGV},
    {"USR2", SIGUSR2}, {"PIPE", SIGPIPE},     {"ALRM", SIGALRM}, {"TERM", SIGTERM},
    {"CHLD", SIGCHLD}, {"CONT", SIGCONT},     {"STOP", SIGSTOP}, {"TSTP", SIGTSTP},
    {"TTIN", SIGTTIN}, {"TTOU", SIGTTOU},     {"URG", SIGURG},   {"XCPU", SIGXCPU},
    {"XFSZ", SIGXFSZ}, {"VTALRM", SIGVTALRM}, {"PROF", SIGPROF}, {"SYS", SIGSYS},
};
enum { NAMES = sizeof names / sizeof *names };

const char* signal_name(int number) {
  for (int i = 0; i < NAMES; ++i) {
    if (names[i].number == number) return names[i].name;
  }
  return NULL;
}

int signal_number(const char* name) {
  long number;
  if (parse_number(name, &number)) return number >= 0 && number < SIGNALS ? (int)number : -1;
  if (strncasecmp(name, "SIG", 3) == 0) name += 3;
  for (int i = 0; i < NAMES; ++i) {
    if (strcasecmp(names[i].name, name) == 0) return names[i].number;
  }
  return -1;
}

static void note_signal(int number) {
  pending[number] = 1;
  any_pending = 1;
}

static void handle(int number, void (*handler)(int)) {
  struct sigaction action = {.sa_handler = handler};
  sigemptyset(&action.sa_mask);
  sigaction(number, &action, NULL);
}

void traps_start(void) {
  for (int i = 1; i < SIGNALS; ++i) {
    struct sigaction action;
    was_ignored[i] = sigaction(i, NULL, &action) == 0 && action.sa_handler == SIG_IGN;
  }
  if (shell.is_interactive) handle(SIGINT, note_signal);
}

bool signal_was_trapped(int* signal) {
  if (!any_pending) return false;
  for (int i = 1; i < SIGNALS; ++i) {
    if (!pending[i]) continue;
    *signal = i;
    return true;
  }
  return false;
}

static void run_action(const char* action) {
  const int status = shell.status;
  const enum leaving leaving = shell.leaving;
  char* text = copy_string(action);  // the action may set another
  struct source source;
  source_of_string(&source, text);
  free(text);
  run_source(&source, false);
  text_free(&source.text);
  if (shell.leaving == LEAVING_NOTHING) {
    shell.status = status;
    shell.leaving = leaving;
  }
}

void run_pending_traps(void) {
  while (any_pending) {
    any_pending = 0;
    for (int i = 1; i < SIGNALS; ++i) {
      if (!pending[i]) continue;
      pending[i] = 0;
      if (actions[i] && *actions[i]) run_action(actions[i]);
    }
  }
}

void run_exit_trap(void) {
  char* action = actions[EXIT];
  actions[EXIT] = NULL;
  if (action && *action) run_action(action);
  free(action);
}

static void set_action(int number, const char* action) {
  free(actions[number]);
  actions[number] = action ? copy_string(action) : NULL;
  // What a shell that nobody types into was told to ignore, stays so.
  if (number == EXIT || (was_ignored[number] && !shell.is_interactive)) return;
  if (!action) {
    handle(number, number == SIGINT && shell.is_interactive ? note_signal : SIG_DFL);
  } else {
    handle(number, *action ? note_signal : SIG_IGN);
  }
}

void traps_reset_in_subshell(void) {
  for (int i = 0; i < SIGNALS; ++i) {
    pending[i] = 0;
    if (!actions[i] || (i != EXIT && !*actions[i])) continue;
    free(actions[i]);
    actions[i] = NULL;
    if (i != EXIT && !was_ignored[i]) handle(i, SIG_DFL);
  }
  if (shell.is_interactive) handle(SIGINT, SIG_DFL);
}

bool traps_are_set(void) {
  for (int i = 0; i < SIGNALS; ++i) {
    if (actions[i] && *actions[i]) return true;
  }
  return false;
}

void traps_get_handled(sigset_t* signals) {
  sigemptyset(signals);
  for (int i = 1; i < SIGNALS; ++i) {
    if (actions[i] && *actions[i] && !was_ignored[i]) sigaddset(signals, i);
  }
}

int builtin_trap(int count, char** values) {
  int i = 1;
  if (i < count && strcmp(values[i], "--") == 0) ++i;
  if (i == count) {
    for (int number = 0; number < SIGNALS; ++number) {
      if (!actions[number]) continue;
      fputs("trap -- ", stdout);
      print_quoted(actions[number]);
      printf(" %s\n", signal_name(number) ? signal_name(number) : "?");
    }
    return 0;
  }
  // `trap INT` and `trap 2 15` reset, like `trap - INT`.
  const char* action = values[i];
  if (isdigit((unsigned char)*action) || (i + 1 == count && signal_number(action) >= 0)) {
    action = NULL;
  } else {
    ++i;
    if (strcmp(action, "-") == 0) action = NULL;
  }
  int status = 0;
  for (; i < count; ++i) {
    const int number = signal_number(values[i]);
    if (number < 0) {
      complain("trap: %s: bad trap", values[i]);
      status = 1;
    } else {
      set_action(number, action);
    }
  }
  return status;
}
