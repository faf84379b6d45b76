// Lets system calls of a program fail, to see what it does then.
#define _GNU_SOURCE
#include <errno.h>
#include <getopt.h>
#include <linden/grate.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "common/call_set.h"
#include "common/command_line.h"

static const char help[] =
    "usage: inject.grate [-v] FAULT... [--] PROGRAM [ARGUMENTS...]\n"
    "Runs PROGRAM with faults. A FAULT is -i CALLS:ERRNO[:WHEN], where CALLS is a system call, a\n"
    "list with commas or a class (%file, %desc, %process, %memory, %signal), ERRNO a name such as\n"
    "ENOSPC, and WHEN which of these calls fail, all processes counted together:\n"
    "  N        the Nth (the first if not given)\n"
    "  N+       the Nth and all later ones\n"
    "  N+STEP   the Nth, and every STEPth after it\n"
    "  -v  say on standard error which call was made to fail\n"
    "A call that fails is not made.\n"
    "  inject.grate -i write:ENOSPC:3 -i openat:EMFILE:10+5 PROGRAM\n";

#define MAX_FAULTS 64

static struct fault {
  struct call_set calls;
  int error;
  unsigned long long first, step;  // step 0: once
  atomic_ullong seen;
} faults[MAX_FAULTS];

static int fault_count;
static bool verbose;
static int output;

static bool is_hit(struct fault* fault) {
  const unsigned long long n = atomic_fetch_add(&fault->seen, 1) + 1;
  if (n < fault->first) return false;
  if (n == fault->first) return true;
  return fault->step != 0 && (n - fault->first) % fault->step == 0;
}

static long long answer(struct grate_call* call) {
  const struct fault* hit = NULL;
  for (int i = 0; i < fault_count; ++i) {
    if (!call_set_has(&faults[i].calls, call->number)) continue;
    // All of them count, whichever it is that hits.
    if (is_hit(&faults[i]) && !hit) hit = &faults[i];
  }
  if (!hit) return grate_forward(call);
  if (verbose) {
    const char* const name = grate_name(call->number);
    char text[128];
    const int length = snprintf(text, sizeof text, "inject: %s of process %d fails with %s\n",
                                name ? name : "call", call->cage, strerrorname_np(hit->error));
    write_all(output, text, (size_t)length);
  }
  return -hit->error;
}

static void parse_when(struct fault* fault, const char* text) {
  fault->first = 1;
  if (!text) return;
  char* end;
  fault->first = strtoull(text, &end, 10);
  if (*end == '+') {
    ++end;
    fault->step = *end ? strtoull(end, &end, 10) : 1;
  }
  const bool valid = *end == 0 && text[0] != '-' && fault->first != 0;
  if (!valid) usage_error(help, "WHEN is N, N+ or N+STEP, not '%s'", text);
}

static void parse_fault(char* text) {
  if (fault_count == MAX_FAULTS) usage_error(help, "no more than %d faults", MAX_FAULTS);
  struct fault* const fault = &faults[fault_count++];
  char* rest;
  const char* const calls = strtok_r(text, ":", &rest);
  const char* const error = strtok_r(NULL, ":", &rest);
  if (!calls || !error) usage_error(help, "a fault is CALLS:ERRNO[:WHEN]");
  const char* const wrong = call_set_add(&fault->calls, calls);
  if (wrong) usage_error(help, "no such system call or class: %s", wrong);
  fault->error = parse_errno(error);
  if (fault->error == 0) usage_error(help, "no such errno: %s", error);
  parse_when(fault, strtok_r(NULL, ":", &rest));
}

int main(int argc, char** argv) {
  static const struct option options[] = {
      {"inject", 1, 0, 'i'}, {"verbose", 0, 0, 'v'}, {"help", 0, 0, 'h'}, {0}};
  for (int option; (option = next_option(argc, argv, "+i:vh", options, help)) != -1;) {
    switch (option) {
      case 'i':
        parse_fault(optarg);
        break;
      case 'v':
        verbose = true;
        break;
    }
  }
  if (fault_count == 0) usage_error(help, "which FAULT?");
  require_argument(argv, "PROGRAM", help);
  output = message_fd();
  // Only what can be hit goes through here.
  for (int number = 0; number < CALL_NUMBERS; ++number) {
    for (int i = 0; i < fault_count; ++i) {
      if (find_call(number) && call_set_has(&faults[i].calls, number)) {
        grate_handle_number(number, answer);
      }
    }
  }
  return grate_run(argv + optind);
}
