// Allows a program the system calls that a policy names, and no others.
//
// It fails closed: a policy that is not understood in full is refused before the program runs, the
// program dies if the grate does, and it cannot kill the grate. That it cannot take the grate's
// handlers off, 3i sees to.
#include <errno.h>
#include <getopt.h>
#include <linden/grate.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "common/call_set.h"
#include "common/command_line.h"

static const char help[] =
    "usage: seccomp.grate [-l] POLICY [--] PROGRAM [ARGUMENTS...]\n"
    "Lets PROGRAM, and all that it starts, make only the system calls that the file POLICY "
    "allows.\n"
    "  -l, --log  say on standard error which calls were refused\n"
    "A line of POLICY is one of\n"
    "  default ACTION             for calls that no line names; `deny EPERM` if there is none\n"
    "  allow CALL...              \n"
    "  deny [ERRNO] CALL...       fail with ERRNO, such as ENOSYS (EPERM if not given)\n"
    "  kill CALL...               end the process by SIGKILL\n"
    "The last line that names a call counts. A CALL is a name, a list of names with commas, or a\n"
    "class: %file, %desc, %process, %memory, %signal. # begins a comment. ACTION is allow,\n"
    "deny, deny ERRNO or kill. execve must be allowed for PROGRAM to run.\n";

enum action { Unset, Allow, Deny, Kill };
struct rule {
  enum action action;
  int error;
};

static struct rule rules[CALL_NUMBERS];
static struct rule default_rule = {Deny, EPERM};
static bool logging;
static int log_output;

// ---- the policy

struct parser {
  const char* file;
  int line;
  char* rest;
};

static char* next_word(struct parser* parser) { return strtok_r(NULL, " \t\r\n", &parser->rest); }

_Noreturn static void syntax_error(const struct parser* parser, const char* what,
                                   const char* word) {
  fail("%s:%d: %s%s%s", parser->file, parser->line, what, word ? ": " : "", word ? word : "");
}

static void parse_default(struct parser* parser) {
  const char* const action = next_word(parser);
  const char* const error = next_word(parser);
  if (action && strcmp(action, "deny") == 0) {
    default_rule = (struct rule){Deny, error ? parse_errno(error) : EPERM};
    if (default_rule.error == 0) syntax_error(parser, "no such errno", error);
    if (next_word(parser)) syntax_error(parser, "one ERRNO is enough", NULL);
    return;
  }
  if (action && strcmp(action, "allow") == 0) {
    default_rule = (struct rule){Allow, 0};
  } else if (action && strcmp(action, "kill") == 0) {
    default_rule = (struct rule){Kill, 0};
  } else {
    syntax_error(parser, "`default` takes allow, deny, deny ERRNO or kill", NULL);
  }
  if (error) syntax_error(parser, "only deny takes an ERRNO", error);
}

static void parse_line(struct parser* parser, char* line) {
  line[strcspn(line, "#")] = 0;
  const char* const word = strtok_r(line, " \t\r\n", &parser->rest);
  if (!word) return;
  if (strcmp(word, "default") == 0) {
    parse_default(parser);
    return;
  }
  struct rule rule = {Unset, 0};
  if (strcmp(word, "allow") == 0) rule.action = Allow;
  if (strcmp(word, "deny") == 0) rule = (struct rule){Deny, EPERM};
  if (strcmp(word, "kill") == 0) rule.action = Kill;
  if (rule.action == Unset) {
    syntax_error(parser, "a line begins with default, allow, deny or kill, not with", word);
  }
  const char* name = next_word(parser);
  if (rule.action == Deny && name && parse_errno(name)) {
    rule.error = parse_errno(name);
    name = next_word(parser);
  }
  if (!name) syntax_error(parser, "which calls?", NULL);
  for (; name; name = next_word(parser)) {
    struct call_set calls = {0};
    const char* const wrong = call_set_add(&calls, name);
    if (wrong) syntax_error(parser, "no such system call or class", wrong);
    for (int number = 0; number < CALL_NUMBERS; ++number) {
      if (call_set_has(&calls, number)) rules[number] = rule;
    }
  }
}

static void read_policy(const char* name) {
  FILE* const file = fopen(name, "re");
  if (!file) fail("cannot read the policy %s: %s", name, strerror(errno));
  struct parser parser = {name, 0, NULL};
  char* line = NULL;
  size_t size = 0;
  while (getline(&line, &size, file) >= 0) {
    ++parser.line;
    parse_line(&parser, line);
  }
  if (ferror(file)) fail("cannot read the policy %s: %s", name, strerror(errno));
  free(line);
  fclose(file);
}

// ---- calls

static void say(const struct grate_call* call, const char* what) {
  if (!logging) return;
  const char* const name = grate_name(call->number);
  char text[128];
  const int length = snprintf(text, sizeof text, "seccomp: %s (%d) of process %d: %s\n",
                              name ? name : "call", call->number, call->cage, what);
  write_all(log_output, text, (size_t)length);
}

// Whether a call is meant for this process, or for everybody. The program has a session of its own,
// so its own group does not include the grate.
static bool reaches_grate(const struct grate_call* call) {
  const int own = call->grate;
  const int first = (int)call->args[0];
  switch (call->number) {
    case SYS_kill:
      return first == own || first == -1 || first == -getpgrp();
    case SYS_tkill:
    case SYS_rt_sigqueueinfo:
      return first == own;
    case SYS_tgkill:
      return first == own || (int)call->args[1] == own;
    case SYS_prlimit64:
      return first == own && (uint32_t)call->args[2] != 0;
    default:
      return false;
  }
}

static long long decide(struct grate_call* call) {
  struct rule rule = default_rule;
  if (call->number < CALL_NUMBERS && rules[call->number].action != Unset) {
    rule = rules[call->number];
  }
  if (rule.action == Allow && reaches_grate(call)) rule = (struct rule){Deny, EPERM};
  switch (rule.action) {
    case Allow:
      return grate_forward(call);
    case Kill:
      say(call, "killed");
      return grate_call_as(call, SYS_kill, (uint64_t[6]){(uint64_t)call->cage, SIGKILL});
    default:
      say(call, "refused");
      return -rule.error;
  }
}

int main(int argc, char** argv) {
  static const struct option options[] = {{"log", 0, 0, 'l'}, {"help", 0, 0, 'h'}, {0}};
  for (int option; (option = next_option(argc, argv, "+lh", options, help)) != -1;) {
    logging = true;
  }
  require_argument(argv, "POLICY", help);
  read_policy(argv[optind++]);
  if (argv[optind] && strcmp(argv[optind], "--") == 0) ++optind;
  require_argument(argv, "PROGRAM", help);
  log_output = message_fd();

  grate_handle_all(decide);
  grate_fail_closed();
  return grate_run(argv + optind);
}
