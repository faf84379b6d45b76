// What the paths of a call lead to, and so whether it is answered here.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "imfs.h"
#include "store.h"

// Where a relative path starts, if that is here.
static struct node* base_directory(const struct grate_call* call, const struct process* process,
                                   struct path_argument argument) {
  const int descriptor = argument.directory < 0 ? AT_FDCWD : (int)call->args[argument.directory];
  if (descriptor == AT_FDCWD) return process->directory;
  const struct open_file* const file = find_file(process, (uint64_t)descriptor);
  return file ? file->node : NULL;
}

// An empty path then means what it would be relative to.
static bool allows_empty_path(const struct grate_call* call, int argument) {
  switch (call->number) {
    case SYS_newfstatat:
    case SYS_utimensat:
    case SYS_faccessat2:
      return call->args[3] & AT_EMPTY_PATH;
    case SYS_statx:
      return call->args[2] & AT_EMPTY_PATH;
    case SYS_fchownat:
      return call->args[4] & AT_EMPTY_PATH;
    case SYS_linkat:
      return argument == 1 && call->args[4] & AT_EMPTY_PATH;
    case SYS_readlinkat:
      return true;
    default:
      return false;
  }
}

// Whether a call is about the last name of a path, and not what it leads to.
static bool means_name(const struct grate_call* call, int argument) {
  switch (call->number) {
    case SYS_mkdir:
    case SYS_mkdirat:
    case SYS_mknod:
    case SYS_mknodat:
    case SYS_rmdir:
    case SYS_unlink:
    case SYS_unlinkat:
    case SYS_rename:
    case SYS_renameat:
    case SYS_renameat2:
    case SYS_symlink:
    case SYS_symlinkat:
      return true;
    case SYS_link:
      return argument == 1;
    case SYS_linkat:
      return argument == 3;
    default:
      return false;
  }
}

// From a directory that has no path any more only `.` and `..` lead somewhere. Removes them from
// the path, until there is a directory with one.
static struct node* leave_removed(struct node* directory, char* path) {
  while (tree_is_removed(directory)) {
    const size_t length = strcspn(path, "/");
    const bool is_parent = length == 2 && strncmp(path, "..", 2) == 0;
    if (!is_parent && !(length == 1 && *path == '.')) return NULL;
    if (is_parent) directory = directory->parent;
    const char* const rest = path + length + strspn(path + length, "/");
    memmove(path, rest, strlen(rest) + 1);
    if (!*path) break;
  }
  return directory;
}

// Where the path of an argument leads. 0, or -errno; `is_ours` then says whether it is for this
// file system to give it, and not for whom the call is forwarded to.
static int resolve(const struct grate_call* call, const struct process* process,
                   struct resolved* of, int i, bool looks_outside, bool* is_ours) {
  const struct path_argument argument = of->arguments[i];
  char given[PATH_SIZE], base[PATH_SIZE] = "/";
  *is_ours = true;
  of->is_redirected[i] = false;
  of->nodes[i] = NULL;
  const int length = grate_get_string(call, argument.path, given, sizeof given);
  if (length < 0) return length;
  if (given[0] != '/') {
    struct node* directory = base_directory(call, process, argument);
    const int descriptor = argument.directory < 0 ? AT_FDCWD : (int)call->args[argument.directory];
    *is_ours = directory != NULL;
    if (length == 0) {
      if (!directory || !allows_empty_path(call, argument.path)) return -ENOENT;
      of->nodes[i] = directory;
      of->last[i] = LAST_NAME;
      of->needs_directory[i] = false;
      return 0;
    }
    if (directory && !directory->is_directory) return -ENOTDIR;
    const bool is_removed = directory && tree_is_removed(directory);
    if (is_removed) directory = leave_removed(directory, given);
    if (is_removed && !directory) return -ENOENT;
    if (is_removed && !*given) {
      of->nodes[i] = directory;
      of->last[i] = LAST_DOT;
      of->needs_directory[i] = true;
      return 0;
    }
    if (directory) strcpy(base, mount_point);
    const int error = directory
                          ? tree_path(directory, base + strlen(base), sizeof base - strlen(base))
                          : caller_directory(call, descriptor, base);
    if (error) return error;
    of->is_redirected[i] = directory != NULL;
  }
  const struct path_view view = {call, process, path_is_followed(call, argument.path),
                                 means_name(call, argument.path), looks_outside};
  const bool was_redirected = of->is_redirected[i];
  int error = resolve_links(&view, base, given, of, i);
  if (looks_outside && !of->nodes[i] && !path_below(of->paths[i], mount_point)) {
    // It does not lead here, and the system follows its own links better.
    const struct path_view by_text = {call, process, view.follows, view.names, false};
    of->is_redirected[i] = was_redirected;
    error = resolve_links(&by_text, base, given, of, i);
  }
  *is_ours = of->nodes[i] || path_below(of->paths[i], mount_point) || of->is_redirected[i];
  return error;
}

// Of a link in /proc/self/fd to a file of ours.
static bool answer_descriptor_link(const struct grate_call* call, const struct process* process,
                                   const char* path, long long* result) {
  const bool at = call->number == SYS_readlinkat;
  if (call->number != SYS_readlink && !at) return false;
  const struct open_file* const file = find_named_file(call, process, path);
  const int32_t room = (int32_t)call->args[at ? 3 : 2];
  if (!file || room <= 0) return false;
  char target[PATH_SIZE];
  *result = describe_file(file->node, target);
  const size_t length = strlen(target);
  const size_t size = (size_t)room < length ? (size_t)room : length;
  if (*result == 0) *result = grate_put(call, at ? 2 : 1, target, size);
  if (*result == 0) *result = (long long)size;
  return true;
}

// utimensat that changes nothing looks at nothing.
static bool sets_no_times(const struct grate_call* call) {
  int64_t times[4];
  if (call->number != SYS_utimensat || call->args[2] == 0) return false;
  if (grate_get(call, 2, times, sizeof times) != 0) return false;
  return (int32_t)times[1] == UTIME_OMIT && (int32_t)times[3] == UTIME_OMIT;
}

bool answer_paths(struct grate_call* call, struct process* process, struct resolved* of,
                  bool looks_outside, long long* result) {
  bool here = false, elsewhere = false;
  for (int i = 0; i < of->count; ++i) {
    bool is_ours;
    const int error = resolve(call, process, of, i, looks_outside, &is_ours);
    const bool is_path = error == 0 && !of->nodes[i];
    of->below[i] = is_path ? path_below(of->paths[i], mount_point) : NULL;
    // Errors of names such as `..` are the same wherever they lead to.
    const bool is_wrong =
        of->is_redirected[i] && of->last[i] != LAST_NAME && means_name(call, of->arguments[i].path);
    const bool is_here = of->nodes[i] || of->below[i] || (is_path && is_wrong);
    if (is_path && !is_here && store_has(of->paths[i])) {
      *result = -ENOENT;
      return true;
    }
    if (is_path && !is_here && answer_descriptor_link(call, process, of->paths[i], result)) {
      return true;
    }
    // What cannot be read or found elsewhere is the system's to refuse.
    if (error && is_ours) {
      *result = sets_no_times(call) ? 0 : error;
      return true;
    }
    here |= is_here;
    elsewhere |= !is_here;
  }
  if (here && elsewhere) {
    *result = -EXDEV;
    return true;
  }
  if (!here) return false;
  *result = sets_no_times(call) ? 0 : call_on_path(call, process, of);
  return true;
}
