// Shows a program files that it cannot change.
//
// What a call would change is decided by the copy of its arguments that is then passed on: so no
// other thread can exchange a path or a flag in between.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <linden/grate.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "common/command_line.h"
#include "common/paths.h"

static const char help[] =
    "usage: readonly.grate [-w DIRECTORY]... PROGRAM [ARGUMENTS...]\n"
    "Runs PROGRAM, and all that it starts, so that they can change no file: such calls fail with\n"
    "EROFS, as on a disk that is mounted read-only. Devices, pipes and descriptors that the "
    "program\n"
    "was given can be written to.\n"
    "  -w, --writable DIRECTORY  except below DIRECTORY. Symbolic links that are there lead to "
    "files\n"
    "                            that can be changed, too; new ones cannot be made (EPERM)\n";

#define MAX_WRITABLE 32

static char writable[MAX_WRITABLE][PATH_SIZE];
static int writable_count;

static bool is_writable(const char* path) {
  // What is no file on a disk.
  if (path_below(path, "/dev") && !path_below(path, "/dev/shm")) return true;
  if (path[0] != '/') return true;  // pipe:[1], as links to descriptors say
  for (int i = 0; i < writable_count; ++i) {
    if (path_below(path, writable[i])) return true;
  }
  return false;
}

// Names of descriptors, such as /dev/stdout and /proc/self/fd/5, are links to what they are of.
static int follow_descriptors(const struct grate_call* call, char path[PATH_SIZE]) {
  for (int links = 0; path_below(path, "/dev") || path_below(path, "/proc"); ++links) {
    char target[PATH_SIZE], from[PATH_SIZE];
    if (links == 8) return -ELOOP;
    const long long length = grate_call_as(
        call, SYS_readlink, (uint64_t[6]){(uintptr_t)path, (uintptr_t)target, sizeof target - 1});
    if (length < 0) return 0;
    target[length] = 0;
    if (path_below(path, "/proc") && target[0] != '/') {
      strcpy(path, target);
      return 0;
    }
    if (join_path(from, path, "..") != 0 || join_path(path, from, target) != 0) {
      return -ENAMETOOLONG;
    }
  }
  return 0;
}

// The path as it is decided on goes into the call. 0, -EROFS or another error.
static int check_path(struct grate_call* call, struct path_argument argument,
                      char path[PATH_SIZE]) {
  char target[PATH_SIZE];
  int error = absolute_path(call, argument, path);
  if (error) return error;
  strcpy(target, path);
  error = follow_descriptors(call, target);
  if (error) return error;
  if (!is_writable(target)) return -EROFS;
  grate_set_pointer(call, argument.path, path);
  return 0;
}

static bool changes(int flags) {
  return (flags & O_ACCMODE) != O_RDONLY || flags & (O_CREAT | O_TRUNC) ||
         (flags & O_TMPFILE) == O_TMPFILE;
}

// Without O_CREAT and O_TRUNC a file that is there may be opened for reading at any rate, which is
// what Linux does on a read-only disk.
static long long open_for_change(struct grate_call* call, int path_position, int* flags) {
  const struct path_argument argument = {path_position, path_position - 1};
  char path[PATH_SIZE];
  const int error = check_path(call, argument, path);
  if (error == 0) return grate_forward(call);
  if (error != -EROFS) return error;
  const bool only_creates = (*flags & O_ACCMODE) == O_RDONLY && !(*flags & O_TRUNC) &&
                            !(*flags & O_EXCL) && (*flags & O_TMPFILE) != O_TMPFILE;
  if (!only_creates) return -EROFS;
  *flags &= ~O_CREAT;
  return 1;
}

static long long open_file(struct grate_call* call) {
  int flags = call->number == SYS_creat  ? O_CREAT | O_WRONLY | O_TRUNC
              : call->number == SYS_open ? (int)call->args[1]
                                         : (int)call->args[2];
  const int path = call->number == SYS_openat ? 1 : 0;
  if (!changes(flags)) return grate_forward(call);
  const long long result = open_for_change(call, path, &flags);
  if (result != 1) return result;
  call->args[path + 1] = (uint64_t)flags;
  const long long opened = grate_forward(call);
  return opened == -ENOENT ? -EROFS : opened;
}

static long long open_file_how(struct grate_call* call) {
  struct open_how how = {0};
  if ((uint32_t)call->args[3] != sizeof how) return -E2BIG;
  const int error = grate_get(call, 2, &how, sizeof how);
  if (error) return error;
  grate_set_pointer(call, 2, &how);
  int flags = (int)how.flags;
  if (!changes(flags)) return grate_forward(call);
  const long long result = open_for_change(call, 1, &flags);
  if (result != 1) return result;
  how.flags = (uint64_t)flags;
  how.mode = 0;
  const long long opened = grate_forward(call);
  return opened == -ENOENT ? -EROFS : opened;
}

// Calls that change what a path names.
static long long change_path(struct grate_call* call) {
  const struct linden_syscall* info = linden_syscalls;
  while (info->number != call->number) ++info;
  struct path_argument arguments[2];
  char paths[2][PATH_SIZE];
  const int count = path_arguments(info, arguments);
  for (int i = 0; i < count; ++i) {
    const bool none = arguments[i].directory >= 0 && call->args[arguments[i].path] == 0;
    // utimensat of a descriptor.
    if (none) return -EROFS;
    const int error = check_path(call, arguments[i], paths[i]);
    if (error) return error;
  }
  return grate_forward(call);
}

// A link below a writable directory would make all that it leads to writable.
static long long refuse_link(struct grate_call* call) {
  (void)call;
  return writable_count ? -EPERM : -EROFS;
}

// Descriptors that could be written to are writable files', or were given: only marks of files that
// were opened for reading remain.
static long long change_descriptor(struct grate_call* call) {
  char path[PATH_SIZE];
  const int error = caller_directory(call, (int)call->args[0], path);
  if (error) return error;
  return is_writable(path) ? grate_forward(call) : -EROFS;
}

static long long check_access(struct grate_call* call) {
  const int path_position = call->number == SYS_access ? 0 : 1;
  if (!(call->args[path_position + 1] & W_OK)) return grate_forward(call);
  char path[PATH_SIZE];
  const int error =
      check_path(call, (struct path_argument){path_position, path_position - 1}, path);
  return error ? error : grate_forward(call);
}

static const char* const path_calls[] = {
    "truncate", "rename",   "renameat",  "renameat2",   "mkdir",       "mkdirat",   "rmdir",
    "link",     "linkat",   "unlink",    "unlinkat",    "chmod",       "fchmodat",  "chown",
    "lchown",   "fchownat", "utime",     "utimes",      "futimesat",   "utimensat", "mknod",
    "mknodat",  "setxattr", "lsetxattr", "removexattr", "lremovexattr"};
static const char* const link_calls[] = {"symlink", "symlinkat"};
static const char* const descriptor_calls[] = {"fchmod", "fchown", "fsetxattr", "fremovexattr"};
static const char* const access_calls[] = {"access", "faccessat", "faccessat2"};
static const char* const open_calls[] = {"open", "openat", "creat"};

static void handle_each(const char* const names[], size_t count, grate_handler handler) {
  for (size_t i = 0; i < count; ++i) {
    if (grate_handle(names[i], handler) != 0) fail("no such call: %s", names[i]);
  }
}
#define HANDLE(names, handler) handle_each(names, sizeof names / sizeof names[0], handler)

static void add_writable(const char* directory) {
  char base[PATH_SIZE];
  if (writable_count == MAX_WRITABLE) usage_error(help, "no more than %d -w", MAX_WRITABLE);
  if (!getcwd(base, sizeof base)) fail("no working directory: %s", strerror(errno));
  if (join_path(writable[writable_count++], base, directory) != 0)
    fail("%s is too long", directory);
}

int main(int argc, char** argv) {
  static const struct option options[] = {{"writable", 1, 0, 'w'}, {"help", 0, 0, 'h'}, {0}};
  for (int option; (option = next_option(argc, argv, "+w:h", options, help)) != -1;) {
    switch (option) {
      case 'w':
        add_writable(optarg);
        break;
    }
  }
  require_argument(argv, "PROGRAM", help);
  HANDLE(open_calls, open_file);
  HANDLE(path_calls, change_path);
  HANDLE(link_calls, refuse_link);
  HANDLE(descriptor_calls, change_descriptor);
  HANDLE(access_calls, check_access);
  grate_handle("openat2", open_file_how);
  grate_fail_closed();
  return grate_run(argv + optind);
}
