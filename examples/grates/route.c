// A clamp: grates between braces answer only calls about files below some directories.
//
//     route.grate -p /mem %{ imfs.grate -d /mem %} program
//
// Grates between the braces run as they always do: each forks, gives its child handlers, and has it
// execute what follows. Here, their registrations are answered. The handler of a call goes in the
// child's table under another number (LIND_ALTERNATIVE), so that this grate stays where it is, at
// the call's own number, and chooses: it makes the call again, under the other number and by the
// table of whoever asked, or passes it on to what lies beneath all the braces. An inner grate that
// forwards a call asks by its own table, where there is either the alternative of a grate that is
// further left in the braces, or none.
//
// What the inner grates have to know of every process in any case, its forks, ends, descriptors and
// directories, goes to them whatever it is about.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "common/cages.h"
#include "common/call_set.h"
#include "common/command_line.h"
#include "common/descriptors.h"
#include "common/paths.h"

static const char help[] =
    "usage: route.grate -p DIRECTORY... %{ GRATE [ARGUMENTS...] %} PROGRAM [ARGUMENTS...]\n"
    "Runs PROGRAM so that calls about files below DIRECTORY are answered by GRATE, or by several, "
    "each\n"
    "with its arguments, and all other calls are not. DIRECTORY need not exist.\n"
    "  -p, --prefix DIRECTORY  may be given several times\n"
    "Calls that are neither about a path nor about a descriptor don't reach GRATE.\n";

#define MAX_PREFIXES 32

static char prefixes[MAX_PREFIXES][PATH_SIZE];
static int prefix_count;
static const struct linden_syscall* calls[CALL_NUMBERS];
static bool is_routed[CALL_NUMBERS];

// Of a process.
struct route {
  struct descriptors inner;  // those that inner grates have opened
  struct call_set answered;  // by inner grates, under other numbers
  bool is_between;           // the braces: an inner grate, or to become one
};

static char opened;  // what all of them are
static void nothing(void* value) { (void)value; }
static const struct descriptor_kind descriptor_kind = {nothing, nothing, NULL};

static void begin_process(void* state) { ((struct route*)state)->is_between = true; }
static void copy_process(void* child_state, const void* parent_state) {
  struct route* const child = child_state;
  const struct route* const parent = parent_state;
  descriptors_copy(&child->inner, &parent->inner);
  child->answered = parent->answered;
  child->is_between = parent->is_between;
}
static void release_process(void* state) { descriptors_release(&((struct route*)state)->inner); }

// Makes the call under its other number, if there is one for whoever asks.
static long long ask_inner(struct grate_call* call) {
  cages_lock();
  const struct route* const asking =
      call->from == call->cage ? cage_state(call) : cage_state_of(call->from);
  const bool is_answered = asking && call_set_has(&asking->answered, call->number);
  cages_unlock();
  const bool is_exec = call->number == SYS_execve || call->number == SYS_execveat;
  if (!is_answered) return is_exec ? grate_forward_exec(call) : grate_forward(call);
  return lind_call(LIND_ALTERNATIVE + call->number, call->from, call->cage, call->args,
                   call->cages);
}

// A call that an inner grate forwards was seen before, when its process made it.
static bool was_seen(const struct grate_call* call) {
  if (call->from == call->cage) return false;
  cages_lock();
  const struct route* const asking = cage_state_of(call->from);
  const bool seen = asking && asking->is_between;
  cages_unlock();
  return seen;
}

static long long follow(struct grate_call* call) {
  long long result;
  if (!was_seen(call) && (cages_answer(call, &result) || descriptors_answer(call, &result))) {
    return result;
  }
  return ask_inner(call);
}

// ---- choosing

// The working directory as the caller knows it, which may be an inner grate's.
static int working_directory(const struct grate_call* call, char path[PATH_SIZE]) {
  const uint64_t own = (uint64_t)call->grate;
  const uint64_t args[6] = {(uintptr_t)path, PATH_SIZE}, cages[6] = {own, own, own, own, own, own};
  const long long size = lind_call(SYS_getcwd, call->from, call->cage, args, cages);
  return size < 0 ? (int)size : path[0] == '/' ? 0 : -ENOENT;
}

static bool is_below(const struct grate_call* call, struct path_argument argument) {
  char given[PATH_SIZE], base[PATH_SIZE] = "/", path[PATH_SIZE];
  if (grate_get_string(call, argument.path, given, sizeof given) < 0) return false;
  if (given[0] != '/') {
    const int descriptor = argument.directory < 0 ? AT_FDCWD : (int)call->args[argument.directory];
    const int error = descriptor == AT_FDCWD ? working_directory(call, base)
                                             : caller_directory(call, descriptor, base);
    if (error) return false;
  }
  if (join_path(path, base, given) != 0) return false;
  for (int i = 0; i < prefix_count; ++i) {
    if (path_below(path, prefixes[i])) return true;
  }
  return false;
}

static bool has_inner_descriptor(const struct grate_call* call) {
  const struct linden_syscall* const info = calls[call->number];
  bool found = false;
  cages_lock();
  const struct route* const route = cage_state(call);
  for (int i = 0; i < info->argument_count; ++i) {
    const bool is_descriptor = info->kinds[i] == LINDEN_FD || info->kinds[i] == LINDEN_DIR_FD;
    found |= is_descriptor && descriptor_find(&route->inner, call->args[i]);
  }
  cages_unlock();
  return found;
}

static bool is_for_inner(const struct grate_call* call) {
  if (has_inner_descriptor(call)) return true;
  struct path_argument arguments[2];
  const int count = path_arguments(calls[call->number], arguments);
  for (int i = 0; i < count; ++i) {
    if (is_below(call, arguments[i])) return true;
  }
  return false;
}

static bool opens(int number) {
  return number == SYS_open || number == SYS_openat || number == SYS_openat2 || number == SYS_creat;
}

static long long choose(struct grate_call* call) {
  if (was_seen(call)) return ask_inner(call);
  if (!is_for_inner(call)) return grate_forward(call);
  const long long result = ask_inner(call);
  if (result >= 0 && opens(call->number)) {
    cages_lock();
    struct route* const route = cage_state(call);
    const int error = descriptor_set(&route->inner, (int)result, &opened);
    cages_unlock();
    if (error) return error;
  }
  return result;
}

// ---- the braces

// Puts the handler of one call under the other number; for LIND_HARSH_CAGE_EXIT as it is.
static long long put_aside(struct grate_call* call, int number) {
  struct grate_call moved = *call;
  moved.args[1] = (uint64_t)(LIND_ALTERNATIVE + number);
  const long long result = grate_forward(&moved);
  if (result != 0) return result;
  const uint64_t bit = UINT64_C(1) << (number % 64);
  cages_lock();
  struct route* const route =
      (int)call->args[0] == call->cage ? cage_state(call) : cage_state_of((int)call->args[0]);
  if (route && call->args[2] != THREEI_DEREGISTER) route->answered.bits[number / 64] |= bit;
  if (route && call->args[2] == THREEI_DEREGISTER) route->answered.bits[number / 64] &= ~bit;
  cages_unlock();
  return 0;
}

static long long answer_registration(struct grate_call* call) {
  const uint64_t number = call->args[1];
  cages_lock();
  const bool is_between = ((struct route*)cage_state(call))->is_between;
  cages_unlock();
  if (!is_between || number >= LIND_REGISTER_HANDLER) return grate_forward(call);
  if (number != THREEI_MATCHALL) {
    // What cannot be about a file, no inner grate is asked.
    return number < CALL_NUMBERS && is_routed[number] ? put_aside(call, (int)number) : 0;
  }
  for (int each = 0; each < CALL_NUMBERS; ++each) {
    const long long error = is_routed[each] ? put_aside(call, each) : 0;
    if (error) return error;
  }
  return 0;
}

// The program's path, looked for as execvp does.
static int find_program(const struct grate_call* call, const char* name, char path[PATH_SIZE]) {
  if (strchr(name, '/')) {
    return snprintf(path, PATH_SIZE, "%s", name) < PATH_SIZE ? 0 : -ENAMETOOLONG;
  }
  const char* directories = getenv("PATH");
  if (!directories) directories = "/usr/bin:/bin";
  for (;;) {
    const int length = (int)strcspn(directories, ":");
    if (snprintf(path, PATH_SIZE, "%.*s/%s", length, directories, name) < PATH_SIZE &&
        grate_call_as(call, SYS_access, (uint64_t[6]){(uintptr_t)path, X_OK}) == 0) {
      return 0;
    }
    directories += length;
    if (!*directories++) return -ENOENT;
  }
}

// exec of `%}` is that of what follows it, by a process that is behind the braces from then on.
static long long leave_braces(struct grate_call* call) {
  uint32_t name_address;
  char name[PATH_SIZE], path[PATH_SIZE];
  int error = grate_get_at(call, 1, 4, &name_address, sizeof name_address);
  if (error || name_address == 0) return error ? error : -ENOENT;
  const int length = grate_get_string_from(call, 1, name_address, name, sizeof name);
  if (length < 0) return length;
  error = find_program(call, name, path);
  if (error) return error;
  call->args[1] += 4;
  grate_set_pointer(call, 0, path);
  const long long result = follow(call);
  if (result < 0) return result;
  cages_lock();
  ((struct route*)cage_state(call))->is_between = false;
  cages_unlock();
  return result;
}

static long long execute(struct grate_call* call) {
  char path[PATH_SIZE];
  const int length = grate_get_string(call, 0, path, sizeof path);
  const char* const slash = length < 0 ? NULL : strrchr(path, '/');
  const bool is_brace = length > 0 && strcmp(slash ? slash + 1 : path, "%}") == 0;
  cages_lock();
  const bool is_between = ((struct route*)cage_state(call))->is_between;
  cages_unlock();
  return is_brace && is_between ? leave_braces(call) : follow(call);
}

static void register_handlers(void) {
  // Inner grates get these whatever they are about.
  static const char* const always[] = {"fork",   "vfork",       "clone", "exit",    "exit_group",
                                       "close",  "dup",         "dup2",  "dup3",    "fcntl",
                                       "chdir",  "fchdir",      "umask", "getcwd",  "poll",
                                       "select", "close_range", "ppoll", "pselect6"};
  static const struct cage_kind kind = {sizeof(struct route), begin_process, copy_process,
                                        release_process};
  cages_forward = ask_inner;
  descriptors_begin(&descriptor_kind);
  cages_begin(&kind);
  for (size_t i = 0; i < LINDEN_SYSCALL_COUNT; ++i) {
    const struct linden_syscall* const info = &linden_syscalls[i];
    calls[info->number] = info;
    for (int argument = 0; argument < info->argument_count; ++argument) {
      const int what = info->kinds[argument];
      if (what != LINDEN_FD && what != LINDEN_DIR_FD && what != LINDEN_PATH) continue;
      is_routed[info->number] = true;
      grate_handle_number(info->number, choose);
    }
  }
  for (size_t i = 0; i < sizeof always / sizeof always[0]; ++i) {
    is_routed[grate_number(always[i])] = true;
    grate_handle(always[i], follow);
  }
  grate_handle("execve", execute);
  grate_handle("execveat", follow);
  grate_handle_number(LIND_REGISTER_HANDLER, answer_registration);
}

int main(int argc, char** argv) {
  static const struct option options[] = {{"prefix", 1, 0, 'p'}, {"help", 0, 0, 'h'}, {0}};
  char base[PATH_SIZE];
  for (int option; (option = next_option(argc, argv, "+p:h", options, help)) != -1;) {
    switch (option) {
      case 'p':
        if (prefix_count == MAX_PREFIXES) usage_error(help, "no more than %d -p", MAX_PREFIXES);
        if (!getcwd(base, sizeof base)) fail("no working directory: %s", strerror(errno));
        if (join_path(prefixes[prefix_count++], base, optarg) != 0) fail("%s is too long", optarg);
        break;
    }
  }
  if (prefix_count == 0) usage_error(help, "which DIRECTORY?");
  if (!argv[optind] || strcmp(argv[optind], "%{") != 0) {
    usage_error(help, "%%{ is missing in front of the GRATE");
  }
  int end = optind + 1;
  while (argv[end] && strcmp(argv[end], "%}") != 0) ++end;
  if (!argv[end]) usage_error(help, "%%} is missing behind the GRATE");
  if (!argv[end + 1]) usage_error(help, "which PROGRAM?");
  register_handlers();
  return grate_run(argv + optind + 1);
}
