// Calls on paths below the mount point.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "imfs.h"

// The descriptor that stands for a file in the process itself.
static long long make_placeholder(const struct grate_call* call, int flags) {
  return grate_call_as(
      call, SYS_openat,
      (uint64_t[6]){(uint64_t)AT_FDCWD, (uintptr_t)"/", (uint64_t)(O_PATH | (flags & O_CLOEXEC))});
}

static int find_or_make(struct process* process, const char* path, int flags, mode_t mode,
                        struct node** node) {
  const int error = tree_walk(path, node);
  if (error == 0) {
    if (flags & O_CREAT && flags & O_EXCL) return -EEXIST;
    node_use(*node);
    return 0;
  }
  if (error != -ENOENT || !(flags & O_CREAT)) return error;
  struct node* directory;
  char name[NAME_SIZE];
  const int no_parent = tree_walk_to_parent(path, &directory, name);
  if (no_parent) return no_parent;
  return tree_make(directory, name, S_IFREG | (mode & 0777 & ~process->mask), node);
}

static long long open_path(const struct grate_call* call, struct process* process, const char* path,
                           int flags, mode_t mode) {
  if ((flags & O_TMPFILE) == O_TMPFILE) return -EOPNOTSUPP;
  struct node* node;
  int error = find_or_make(process, path, flags, mode, &node);
  if (error) return error;
  const bool writes = (flags & O_ACCMODE) != O_RDONLY;
  if (node->is_directory && (writes || flags & (O_CREAT | O_TRUNC))) error = -EISDIR;
  if (!node->is_directory && flags & O_DIRECTORY) error = -ENOTDIR;
  // Only if it was not to be followed.
  if (S_ISLNK(node->mode) && !(flags & O_PATH)) error = -ELOOP;
  const long long descriptor = error ? error : make_placeholder(call, flags);
  struct open_file* const file = descriptor < 0 ? NULL : malloc(sizeof *file);
  if (!file) {
    node_release(node);
    return descriptor < 0 ? descriptor : -ENOMEM;
  }
  if (flags & O_TRUNC && !(flags & O_PATH)) file_resize(node, 0);
  const int kept = ~(O_CLOEXEC | O_CREAT | O_EXCL | O_TRUNC | O_NOCTTY);
  *file = (struct open_file){.references = 1, .node = node, .flags = flags & kept};
  error = descriptor_set(&process->files, (int)descriptor, file);
  return error ? error : descriptor;
}

static long long open_call(const struct grate_call* call, struct process* process,
                           const char* path) {
  switch (call->number) {
    case SYS_creat:
      return open_path(call, process, path, O_CREAT | O_WRONLY | O_TRUNC, (mode_t)call->args[1]);
    case SYS_open:
      return open_path(call, process, path, (int)call->args[1], (mode_t)call->args[2]);
    case SYS_openat:
      return open_path(call, process, path, (int)call->args[2], (mode_t)call->args[3]);
    default: {
      struct open_how how = {0};
      if ((uint32_t)call->args[3] < sizeof how) return -EINVAL;
      const int error = grate_get(call, 2, &how, sizeof how);
      if (error) return error;
      return open_path(call, process, path, (int)how.flags, (mode_t)how.mode);
    }
  }
}

// There is one user: only whether a file could be executed is told apart.
static long long check_access(const struct node* node, uint32_t wanted) {
  if (wanted & ~(uint32_t)(R_OK | W_OK | X_OK)) return -EINVAL;
  if (!(wanted & X_OK) || node->is_directory || node->mode & 0111) return 0;
  return -EACCES;
}

static long long make_directory(struct process* process, const char* path, uint64_t mode) {
  struct node *directory, *made;
  char name[NAME_SIZE];
  int error = tree_walk_to_parent(path, &directory, name);
  if (error) return error;
  error = tree_make(directory, name, S_IFDIR | ((mode_t)mode & 01777 & ~process->mask), &made);
  if (error == 0) node_release(made);
  return error;
}

static long long remove_name(const char* path, bool is_directory) {
  struct node* directory;
  char name[NAME_SIZE];
  const int error = tree_walk_to_parent(path, &directory, name);
  if (error) return error == -EEXIST ? -EBUSY : error;
  return tree_unlink(directory, name, is_directory);
}

static long long rename_path(const char* from, const char* to, uint64_t flags) {
  if (flags & ~(uint64_t)RENAME_NOREPLACE) return -EINVAL;
  struct node *old_directory, *new_directory;
  char old_name[NAME_SIZE], new_name[NAME_SIZE];
  int error = tree_walk_to_parent(from, &old_directory, old_name);
  if (error == 0) error = tree_walk_to_parent(to, &new_directory, new_name);
  if (error) return error == -EEXIST ? -EBUSY : error;
  return tree_rename(old_directory, old_name, new_directory, new_name, flags == 0);
}

static long long change_directory(struct process* process, struct node* node) {
  if (!node->is_directory) return -ENOTDIR;
  struct node* const old = process->directory;
  process->directory = node_use(node);
  if (old) node_release(old);
  return 0;
}

static long long truncate_path(struct node* node, int64_t size) {
  if (node->is_directory) return -EISDIR;
  if (size < 0) return -EINVAL;
  return file_resize(node, (uint64_t)size);
}

static long long read_link(const struct grate_call* call, const struct node* node) {
  if (!S_ISLNK(node->mode)) return -EINVAL;
  const int buffer = call->number == SYS_readlinkat ? 2 : 1;
  const int32_t room = (int32_t)call->args[buffer + 1];
  if (room <= 0) return -EINVAL;
  const size_t size = (size_t)room < node->size ? (size_t)room : node->size;
  const int error = grate_put(call, buffer, node->data, size);
  return error ? error : (long long)size;
}

static long long make_link(const struct grate_call* call, const char* path) {
  char target[PATH_SIZE], name[NAME_SIZE];
  struct node* directory;
  const int length = grate_get_string(call, 0, target, sizeof target);
  if (length <= 0) return length ? length : -ENOENT;
  const int error = tree_walk_to_parent(path, &directory, name);
  return error ? error : tree_make_link(directory, name, target);
}

static long long add_name(const char* path, const char* new_path) {
  struct node *file, *directory;
  char name[NAME_SIZE];
  int error = tree_walk(path, &file);
  if (error == 0) error = tree_walk_to_parent(new_path, &directory, name);
  return error ? error : tree_add_name(directory, name, file);
}

// A slash at the end of a path: it must be a directory's.
static int require_directory(const struct grate_call* call, const char* path) {
  struct node* node;
  const int error = tree_walk(path, &node);
  if (error == 0) return node->is_directory ? 0 : -ENOTDIR;
  const bool makes_directory = call->number == SYS_mkdir || call->number == SYS_mkdirat;
  const bool makes_file = call->number == SYS_creat ||
                          (call->number == SYS_open && call->args[1] & O_CREAT) ||
                          (call->number == SYS_openat && call->args[2] & O_CREAT);
  if (makes_directory) return 0;
  return makes_file && error == -ENOENT ? -EISDIR : error;
}

// Of what a path names, which exists.
static long long call_on_node(struct grate_call* call, struct process* process, struct node* node) {
  switch (call->number) {
    case SYS_stat:
    case SYS_lstat:
      return put_status(call, 1, node);
    case SYS_newfstatat:
      return put_status(call, 2, node);
    case SYS_statx:
      return put_statx(call, 4, node);
    case SYS_statfs:
      return put_file_system(call, 1);
    case SYS_access:
      return check_access(node, (uint32_t)call->args[1]);
    case SYS_faccessat:
    case SYS_faccessat2:
      return check_access(node, (uint32_t)call->args[2]);
    case SYS_truncate:
      return truncate_path(node, (int64_t)call->args[1]);
    case SYS_chdir:
      return change_directory(process, node);
    case SYS_chmod:
      set_mode(node, call->args[1]);
      return 0;
    case SYS_fchmodat:
      set_mode(node, call->args[2]);
      return 0;
    case SYS_chown:
    case SYS_lchown:
      set_owner(node, call->args[1], call->args[2]);
      return 0;
    case SYS_fchownat:
      set_owner(node, call->args[2], call->args[3]);
      return 0;
    case SYS_utimensat:
      return set_times(call, 2, node);
    case SYS_readlink:
    case SYS_readlinkat:
      return read_link(call, node);
    default:
      return -EOPNOTSUPP;
  }
}

long long call_on_path(struct grate_call* call, struct process* process,
                       const struct resolved* of) {
  const char* const path = of->below[0];
  const char* const second = of->below[1];
  const bool renames =
      call->number == SYS_rename || call->number == SYS_renameat || call->number == SYS_renameat2;
  for (int i = 0; i < of->count; ++i) {
    if (!of->needs_directory[i]) continue;
    // A name with a slash may be given to a directory.
    const int error = require_directory(call, of->below[renames ? 0 : i]);
    if (error) return error;
  }
  switch (call->number) {
    case SYS_open:
    case SYS_openat:
    case SYS_openat2:
    case SYS_creat:
      return open_call(call, process, path);
    case SYS_mkdir:
    case SYS_mkdirat:
      return make_directory(process, path, call->args[of->arguments[0].path + 1]);
    case SYS_rmdir:
      return remove_name(path, true);
    case SYS_unlink:
      return remove_name(path, false);
    case SYS_unlinkat:
      return remove_name(path, call->args[2] & AT_REMOVEDIR);
    case SYS_rename:
    case SYS_renameat:
      return rename_path(path, second, 0);
    case SYS_renameat2:
      return rename_path(path, second, call->args[4]);
    case SYS_link:
    case SYS_linkat:
      return add_name(path, second);
    case SYS_symlink:
    case SYS_symlinkat:
      return make_link(call, path);
    // Devices and FIFOs there are none, as on some disks.
    case SYS_mknod:
    case SYS_mknodat:
      return -EPERM;
  }
  struct node* node;
  const int error = tree_walk(path, &node);
  return error ? error : call_on_node(call, process, node);
}
