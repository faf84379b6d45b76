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
  for (int option; (option = getopt_long(argc, argv, "+u:h", options, 0)) != -1;) {
    if (option == 'h') show_help(help);
    if (option != 'u') usage_error(help, "no such option");
    uid = parse_number(help, "a user id", optarg, 0, UINT32_MAX - 1);
  }
  if (!argv[optind]) usage_error(help, "which PROGRAM?");
  grate_handle("geteuid", answer);
  return grate_run(argv + optind);
}
