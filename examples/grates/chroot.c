// Shows a program one directory as the root of all that there is.
//
// Paths are resolved here, symbolic links included, and passed on as absolute ones below that
// directory. The grate's copy of a path is what is passed on, so other threads of the caller cannot
// exchange it; but a process that renames directories while another's path is being resolved can
// make it lead elsewhere. So this is a view for programs that are trusted; what is not, is to be
// confined by `linden run --root`, which has the kernel resolve paths.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <linden/grate.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "common/call_set.h"
#include "common/command_line.h"
#include "common/paths.h"

static const char help[] =
    "usage: chroot.grate [-k PATH]... [-C DIRECTORY] ROOT [--] PROGRAM [ARGUMENTS...]\n"
    "Runs PROGRAM, and all that it starts, so that / is the directory ROOT for them. PROGRAM and\n"
    "interpreters of scripts are looked for there.\n"
    "  -k, --keep PATH       PATH stays what it is outside; for example -k /dev -k /proc\n"
    "  -C, --cwd DIRECTORY   the working directory to begin with, in ROOT (/)\n";

#define MAX_KEPT 32
#define MAX_LINKS 40

static char root[PATH_SIZE];
static char kept[MAX_KEPT][PATH_SIZE];
static int kept_count;
static const struct linden_syscall* calls[CALL_NUMBERS];

static bool is_kept(const char* path) {
  for (int i = 0; i < kept_count; ++i) {
    if (path_below(path, kept[i])) return true;
  }
  return false;
}

// The path outside of one within, both absolute.
static int outside(char result[PATH_SIZE], const char* within) {
  const bool is_top = strcmp(within, "/") == 0;
  const bool stays = is_kept(within) || strcmp(root, "/") == 0;
  const int length =
      snprintf(result, PATH_SIZE, "%s%s", stays ? "" : root, is_top && !stays ? "" : within);
  return length < PATH_SIZE ? 0 : -ENAMETOOLONG;
}

// The path within of one outside; what lies outside of all is the root.
static const char* within(const char* path) {
  if (is_kept(path)) return path;
  const char* const below = path_below(path, root);
  return below && *below ? below : "/";
}

// ---- resolving

// `path`, from `base`, both within, with symbolic links replaced; the last one only if it is to be
// followed. The result is within.
static int resolve(const struct grate_call* call, const char* base, const char* path, bool follows,
                   char result[PATH_SIZE]) {
  char rest[PATH_SIZE], next[PATH_SIZE], real[PATH_SIZE], target[PATH_SIZE];
  strcpy(result, path[0] == '/' ? "/" : base);
  strcpy(rest, path);
  for (int links = 0;;) {
    const char* const name = rest + strspn(rest, "/");
    const size_t length = strcspn(name, "/");
    if (length == 0) return 0;
    char part[PATH_SIZE];
    snprintf(part, sizeof part, "%.*s", (int)length, name);
    const char* const behind = name + length;
    const bool is_last = behind[strspn(behind, "/")] == 0;
    int error = join_path(next, result, part);
    if (error == 0) error = outside(real, next);
    if (error) return error;
    // A slash behind the last name has it followed.
    const bool looks = !is_last || follows || *behind == '/';
    const long long size =
        looks ? grate_call_as(call, SYS_readlink,
                              (uint64_t[6]){(uintptr_t)real, (uintptr_t)target, PATH_SIZE - 1})
              : -EINVAL;
    if (size < 0) {
      // No link; what is not there, the call itself will find out.
      strcpy(result, next);
      memmove(rest, behind, strlen(behind) + 1);
      continue;
    }
    if (is_kept(next)) {
      // Links there lead to what they say outside.
      strcpy(result, next);
      memmove(rest, behind, strlen(behind) + 1);
      continue;
    }
    if (++links > MAX_LINKS) return -ELOOP;
    target[size] = 0;
    if ((size_t)size + strlen(behind) >= PATH_SIZE) return -ENAMETOOLONG;
    strcat(target, behind);
    strcpy(rest, target);
    if (rest[0] == '/') strcpy(result, "/");
  }
}

// Replaces a path argument by what it is outside. 0 or -errno.
static int translate(struct grate_call* call, struct path_argument argument, char real[PATH_SIZE]) {
  char path[PATH_SIZE], directory[PATH_SIZE] = "/", inner[PATH_SIZE];
  const int length = grate_get_string(call, argument.path, path, sizeof path);
  if (length < 0) return length;
  // About a descriptor, or an error of the call's own.
  if (length == 0) {
    real[0] = 0;
    grate_set_pointer(call, argument.path, real);
    return 0;
  }
  if (path[0] != '/') {
    const int descriptor = argument.directory < 0 ? AT_FDCWD : (int)call->args[argument.directory];
    const int error = caller_directory(call, descriptor, directory);
    if (error) return error;
  }
  char base[PATH_SIZE];
  strcpy(base, within(directory));
  int error = resolve(call, base, path, path_is_followed(call, argument.path), inner);
  if (error == 0) error = outside(real, inner);
  if (error) return error;
  // That it must be a directory.
  const size_t size = strlen(real);
  if (path[length - 1] == '/' && size + 1 < PATH_SIZE && real[size - 1] != '/') strcat(real, "/");
  grate_set_pointer(call, argument.path, real);
  return 0;
}

// ---- calls

static long long answer(struct grate_call* call) {
  struct path_argument arguments[2];
  char real[2][PATH_SIZE];
  const int count = path_arguments(calls[call->number], arguments);
  for (int i = 0; i < count; ++i) {
    // utimensat of a descriptor.
    if (arguments[i].directory >= 0 && call->args[arguments[i].path] == 0) continue;
    const int error = translate(call, arguments[i], real[i]);
    if (error) return error;
  }
  return grate_forward(call);
}

// The program is read by calls that come here; so are interpreters.
static long long execute(struct grate_call* call) { return grate_forward_exec(call); }

// openat2's flags are in a structure; ours of that is what is passed on.
static long long open_how_call(struct grate_call* call) {
  struct open_how how = {0};
  if ((uint32_t)call->args[3] != sizeof how) return -E2BIG;
  int error = grate_get(call, 2, &how, sizeof how);
  if (error) return error;
  grate_set_pointer(call, 2, &how);
  char real[PATH_SIZE];
  error = translate(call, (struct path_argument){1, 0}, real);
  return error ? error : grate_forward(call);
}

static long long current_directory(struct grate_call* call) {
  char directory[PATH_SIZE];
  const int error = caller_directory(call, AT_FDCWD, directory);
  if (error) return error;
  const char* const path = within(directory);
  const size_t size = strlen(path) + 1;
  if ((uint32_t)call->args[1] < size) return -ERANGE;
  const int failed = grate_put(call, 0, path, size);
  return failed ? failed : (long long)size;
}

static void set_path(char result[PATH_SIZE], const char* path) {
  char base[PATH_SIZE];
  if (!getcwd(base, sizeof base)) fail("no working directory: %s", strerror(errno));
  if (join_path(result, base, path) != 0) fail("%s is too long", path);
}

int main(int argc, char** argv) {
  static const struct option options[] = {
      {"keep", 1, 0, 'k'}, {"cwd", 1, 0, 'C'}, {"help", 0, 0, 'h'}, {0}};
  const char* directory = "/";
  for (int option; (option = next_option(argc, argv, "+k:C:h", options, help)) != -1;) {
    switch (option) {
      case 'k':
        if (kept_count == MAX_KEPT) usage_error(help, "no more than %d -k", MAX_KEPT);
        set_path(kept[kept_count++], optarg);
        break;
      case 'C':
        directory = optarg;
        break;
    }
  }
  require_argument(argv, "ROOT", help);
  // Without links, since what getcwd says has none either.
  char* const real = realpath(argv[optind], NULL);
  if (!real || chdir(real) != 0) fail("%s: %s", argv[optind], strerror(errno));
  set_path(root, real);
  free(real);
  ++optind;
  if (argv[optind] && strcmp(argv[optind], "--") == 0) ++optind;
  require_argument(argv, "PROGRAM", help);
  char inner[PATH_SIZE], start[PATH_SIZE];
  if (join_path(inner, "/", directory) != 0 || outside(start, inner) != 0 || chdir(start) != 0) {
    fail("%s in %s: %s", directory, root, strerror(errno));
  }

  for (size_t i = 0; i < LINDEN_SYSCALL_COUNT; ++i) {
    const struct linden_syscall* const info = &linden_syscalls[i];
    struct path_argument arguments[2];
    calls[info->number] = info;
    if (path_arguments(info, arguments) > 0) grate_handle_number(info->number, answer);
  }
  grate_handle("execve", execute);
  grate_handle("execveat", execute);
  grate_handle("openat2", open_how_call);
  grate_handle("getcwd", current_directory);
  grate_fail_closed();
  return grate_run(argv + optind);
}
