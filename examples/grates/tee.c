// Copies what a program writes to some of its descriptors into a file.
//
// It is the open file that is followed, and not the number: what `2>&1` or a child does to a
// descriptor is the same output, and what `>file` puts in its place is another.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>

#include "common/cages.h"
#include "common/command_line.h"
#include "common/descriptors.h"

static const char help[] =
    "usage: tee.grate [-a] [-f FD[,FD...]] FILE [--] PROGRAM [ARGUMENTS...]\n"
    "Copies what PROGRAM, and all that it starts, write to descriptors into FILE.\n"
    "  -f FD,...  descriptors that PROGRAM begins with (1)\n"
    "  -a         append to FILE\n";

#define MAX_DESCRIPTOR 255

static int output;
static bool chosen[MAX_DESCRIPTOR + 1];

// All that is followed is the same to this grate.
static char followed;
static void nothing(void* value) { (void)value; }
static const struct descriptor_kind descriptor_kind = {nothing, nothing, NULL};

static void begin_process(void* state) {
  for (int i = 0; i <= MAX_DESCRIPTOR; ++i) {
    if (chosen[i]) descriptor_set(state, i, &followed);
  }
}
static void copy_process(void* child, const void* parent) { descriptors_copy(child, parent); }
static void release_process(void* state) { descriptors_release(state); }

static bool is_followed(const struct grate_call* call) {
  cages_lock();
  const bool found = descriptor_find(cage_state(call), call->args[0]) != NULL;
  cages_unlock();
  return found;
}

// The caller's memory may change while it is written: what is kept is what was passed on, so the
// call writes our copy of it. At most so much at once; callers go on with the rest.
#define PIECE 65536

static long long copy_write(struct grate_call* call) {
  if (!is_followed(call)) return grate_forward(call);
  const bool is_vector = call->number == SYS_writev;
  const long long wanted =
      is_vector ? grate_vector_size(call, 1) : (long long)(uint32_t)call->args[2];
  if (wanted <= 0) return grate_forward(call);
  const size_t size = wanted < PIECE ? (size_t)wanted : PIECE;
  char* const data = malloc(size);
  if (!data) return -ENOMEM;
  long long result = is_vector ? grate_gather(call, 1, data, size) : grate_get(call, 1, data, size);
  if (result >= 0) {
    const uint64_t from = call->args[0];
    struct grate_call copied = *call;
    copied.number = SYS_write;
    copied.args[0] = from;
    copied.args[2] = size;
    grate_set_pointer(&copied, 1, data);
    result = grate_forward(&copied);
    // As of tee(1), the program is not to notice if this fails.
    if (result > 0) write_all(output, data, (size_t)result);
  }
  free(data);
  return result;
}

static void choose(char* list) {
  memset(chosen, 0, sizeof chosen);
  char* rest;
  for (char* word = strtok_r(list, ",", &rest); word; word = strtok_r(NULL, ",", &rest)) {
    chosen[parse_number(help, "a descriptor", word, 0, MAX_DESCRIPTOR)] = true;
  }
}

int main(int argc, char** argv) {
  static const struct option options[] = {{"append", 0, 0, 'a'}, {"help", 0, 0, 'h'}, {0}};
  int mode = O_TRUNC;
  chosen[1] = true;
  for (int option; (option = next_option(argc, argv, "+f:ah", options, help)) != -1;) {
    switch (option) {
      case 'f':
        choose(optarg);
        break;
      case 'a':
        mode = O_APPEND;
        break;
    }
  }
  const char* const file = require_argument(argv, "FILE", help);
  ++optind;
  if (argv[optind] && strcmp(argv[optind], "--") == 0) ++optind;
  require_argument(argv, "PROGRAM", help);
  output = open(file, O_WRONLY | O_CREAT | O_CLOEXEC | mode, 0666);
  if (output < 0) fail("cannot write to %s: %s", file, strerror(errno));

  static const struct cage_kind kind = {sizeof(struct descriptors), begin_process, copy_process,
                                        release_process};
  descriptors_begin(&descriptor_kind);
  descriptors_handle();
  cages_begin(&kind);
  grate_handle("write", copy_write);
  grate_handle("writev", copy_write);
  return grate_run(argv + optind);
}
