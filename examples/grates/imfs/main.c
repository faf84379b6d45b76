// A file system in the memory of a grate, below one directory of the programs that it runs.
//
// Calls are told apart by what the table of system calls says of their arguments: one that has a
// descriptor of ours, or a path below the mount point, is answered here, or refused; so there is
// none that reaches a placeholder (imfs.h) by mistake. All others go on unchanged.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "../common/cages.h"
#include "../common/call_set.h"
#include "../common/command_line.h"
#include "imfs.h"
#include "store.h"

static const char help[] =
    "usage: imfs.grate [OPTIONS] PROGRAM [ARGUMENTS...]\n"
    "Runs PROGRAM with a file system in memory, which all processes that it starts share.\n"
    "  -d DIRECTORY    where it is seen (/mem); need not exist\n"
    "  -C DIRECTORY    the working directory to begin with, in it\n"
    "  -p, --preload DIRECTORY  begin with a copy of the files there\n"
    "  -o, --dump DIRECTORY     at the end, copy all files there\n"
    "  -s, --size SIZE          what all files may hold together, with K, M or G (1G)\n"
    "There are no devices and no notifications (inotify). FIFOs, and files that are mapped as "
    "shared\n"
    "memory, lie in /dev/shm.\n";

const char* mount_point = "/mem";
static mode_t initial_mask;
// Whether there is something where this file system is seen, which links outside could lead to.
static bool hides_something;

static const struct linden_syscall* calls[CALL_NUMBERS];

// ---- processes

static void copy_process(void* child_state, const void* parent_state) {
  struct process* const child = child_state;
  const struct process* const parent = parent_state;
  child->mask = parent->mask;
  if (parent->directory) child->directory = node_use(parent->directory);
  descriptors_copy(&child->files, &parent->files);
}

static void release_process(void* state) {
  struct process* const process = state;
  descriptors_release(&process->files);
  if (process->directory) node_release(process->directory);
}

static struct node* first_directory;

// A first process has the grate's mask.
static void begin_process(void* state) {
  struct process* const process = state;
  process->mask = initial_mask;
  if (first_directory) process->directory = node_use(first_directory);
}

static long long set_mask(struct grate_call* call) {
  const long long result = grate_forward(call);
  cages_lock();
  ((struct process*)cage_state(call))->mask = (mode_t)call->args[0] & 0777;
  cages_unlock();
  return result;
}

static long long current_directory(struct grate_call* call) {
  char path[PATH_SIZE];
  cages_lock();
  const struct process* const process = cage_state(call);
  int error = -1;
  if (process->directory) {
    strcpy(path, mount_point);
    error = tree_path(process->directory, path + strlen(path), sizeof path - strlen(path));
  }
  const bool is_here = process->directory != NULL;
  cages_unlock();
  if (!is_here) return grate_forward(call);
  if (error) return error;
  const size_t size = strlen(path) + 1;
  if ((uint32_t)call->args[1] < size) return -ERANGE;
  const int failed = grate_put(call, 0, path, size);
  return failed ? failed : (long long)size;
}

// ---- calls on files

static long long forward_paths(const struct grate_call* call, const struct resolved* of) {
  struct grate_call asked = *call;
  for (int i = 0; i < of->count; ++i) {
    if (of->is_redirected[i]) grate_set_pointer(&asked, of->arguments[i].path, of->paths[i]);
  }
  const bool leaves = call->number == SYS_chdir || call->number == SYS_fchdir;
  long long result;
  if (descriptors_answer(&asked, &result)) return result;
  result = grate_forward(&asked);
  if (result == 0 && leaves) {
    cages_lock();
    struct process* const process = cage_state(call);
    if (process->directory) node_release(process->directory);
    process->directory = NULL;
    cages_unlock();
  }
  return result;
}

// A descriptor of the call's that is ours: its position, or -1. That of a FIFO is the system's, but
// for what is known of it.
static int find_own(const struct grate_call* call, const struct linden_syscall* info,
                    const struct process* process) {
  for (int i = 0; i < info->argument_count; ++i) {
    if (info->kinds[i] != LINDEN_FD) continue;
    const struct open_file* const file = find_file(process, call->args[i]);
    if (!file) continue;
    const bool is_system_end = file->node->fifo && !(file->flags & O_PATH);
    if (!is_system_end || is_for_nodes(call->number)) return i;
  }
  return -1;
}

// Times of a descriptor are set without a path.
static bool is_about_descriptor(const struct grate_call* call) {
  const bool sets_times = call->number == SYS_utimensat || call->number == SYS_futimesat;
  return sets_times && call->args[1] == 0;
}

// What is followed through all processes (descriptors.h) whoever's descriptor it is.
static bool is_followed(const struct grate_call* call) {
  switch (call->number) {
    case SYS_close:
    case SYS_dup:
    case SYS_dup2:
    case SYS_dup3:
    // The program's file is read by calls that come here.
    case SYS_execve:
    case SYS_execveat:
      return true;
    case SYS_fcntl:
      return (int)call->args[1] == F_DUPFD || (int)call->args[1] == F_DUPFD_CLOEXEC;
    default:
      return false;
  }
}

static long long answer(struct grate_call* call) {
  const struct linden_syscall* const info = calls[call->number];
  long long result = 0;
  if (is_followed(call) && descriptors_answer(call, &result)) return result;
  cages_lock();
  struct process* const process = cage_state(call);
  const bool by_descriptor = is_about_descriptor(call);
  const int own = by_descriptor ? 0 : find_own(call, info, process);
  struct open_file* const file = own < 0 ? NULL : find_file(process, call->args[own]);
  struct resolved of;
  of.count = own < 0 ? path_arguments(info, of.arguments) : 0;
  bool answered = false;
  if (file) {
    ++file->references;
    result = call_on_file(call, process, own, file);
    file_release(file);
    answered = true;
  } else if (of.count > 0) {
    answered = answer_paths(call, process, &of, hides_something, &result);
  }
  cages_unlock();
  if (answered) return result;
  result = forward_paths(call, &of);
  if (result != -ENOENT || of.count == 0 || hides_something) return result;
  cages_lock();
  answered = answer_paths(call, cage_state(call), &of, true, &result);
  cages_unlock();
  return answered ? result : -ENOENT;
}

static long long close_range_call(struct grate_call* call) {
  long long result = 0;
  return descriptors_answer(call, &result) ? result : grate_forward(call);
}

static void register_handlers(void) {
  static const struct cage_kind kind = {sizeof(struct process), begin_process, copy_process,
                                        release_process};
  for (size_t i = 0; i < LINDEN_SYSCALL_COUNT; ++i) {
    const struct linden_syscall* const info = &linden_syscalls[i];
    calls[info->number] = info;
    for (int argument = 0; argument < info->argument_count; ++argument) {
      const int what = info->kinds[argument];
      if (what == LINDEN_FD || what == LINDEN_DIR_FD || what == LINDEN_PATH) {
        grate_handle_number(info->number, answer);
      }
    }
  }
  grate_handle("poll", call_poll);
  grate_handle("ppoll", call_poll);
  grate_handle("select", call_select);
  grate_handle("pselect6", call_select);
  grate_handle("close_range", close_range_call);
  static const char* const copies[] = {"sendfile", "copy_file_range", "splice", "tee"};
  for (size_t i = 0; i < sizeof copies / sizeof copies[0]; ++i) grate_handle(copies[i], call_copy);
  descriptors_begin(&file_kind);
  grate_handle("umask", set_mask);
  grate_handle("getcwd", current_directory);
  cages_begin(&kind);
}

static const char* absolute(const char* path) {
  static char result[PATH_SIZE];
  char base[PATH_SIZE];
  if (!getcwd(base, sizeof base)) fail("no working directory: %s", strerror(errno));
  if (join_path(result, base, path) != 0) fail("%s is too long", path);
  return result;
}

int main(int argc, char** argv) {
  static const struct option options[] = {{"preload", 1, 0, 'p'}, {"dump", 1, 0, 'o'},
                                          {"size", 1, 0, 's'},    {"directory", 1, 0, 'd'},
                                          {"help", 0, 0, 'h'},    {0}};
  const char *preload = NULL, *dump = NULL, *directory = NULL;
  for (int option; (option = next_option(argc, argv, "+p:o:s:d:C:h", options, help)) != -1;) {
    switch (option) {
      case 'd':
        mount_point = absolute(optarg);
        break;
      case 'C':
        directory = optarg;
        break;
      case 'p':
        preload = optarg;
        break;
      case 'o':
        dump = optarg;
        break;
      case 's':
        contents_limit = (size_t)parse_number(help, "--size", optarg, 0, 3u << 30);
        break;
    }
  }
  require_argument(argv, "PROGRAM", help);
  if (strcmp(mount_point, "/") == 0) usage_error(help, "-d / would hide the PROGRAM");
  initial_mask = umask(0);
  umask(initial_mask);
  begin_access();
  if (preload && load_tree(preload) != 0) return 125;
  if (directory) {
    char path[PATH_SIZE];
    if (join_path(path, mount_point, directory) != 0 || !path_below(path, mount_point) ||
        tree_walk(path_below(path, mount_point), &first_directory) != 0 ||
        !first_directory->is_directory) {
      fail("-C: there is no directory %s in %s", directory, mount_point);
    }
  }
  struct stat status;
  hides_something = lstat(mount_point, &status) == 0;
  if (dump && (stat(dump, &status) != 0 || !S_ISDIR(status.st_mode))) {
    fail("--dump: %s is no directory", dump);
  }
  register_handlers();
  const int code = grate_run(argv + optind);
  const int dumped = dump ? dump_tree(dump) : 0;
  store_clear();
  return dumped == 0 ? code : 125;
}
