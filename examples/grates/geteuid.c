// The smallest grate: a program that believes that it runs as another user.
#include <getopt.h>
#include <linden/grate.h>
#include <stdint.h>

#include "common/command_line.h"

static const char help[] =
    "usage: geteuid.grate [-u UID] PROGRAM [ARGUMENTS...]\n"
    "Runs PROGRAM, to which geteuid() says UID (0 if not given). It gets no rights by that.\n";

static int64_t uid;

static long long answer(struct grate_call* call) {
  (void)call;
  return uid;
}

int main(int argc, char** argv) {
  static const struct option options[] = {{"uid", 1, 0, 'u'}, {"help", 0, 0, 'h'}, {0}};
  for (int option; (option = next_option(argc, argv, "+u:h", options, help)) != -1;) {
    uid = parse_number(help, "a user id", optarg, 0, UINT32_MAX - 1);
  }
  require_argument(argv, "PROGRAM", help);
  grate_handle("geteuid", answer);
  return grate_run(argv + optind);
}
