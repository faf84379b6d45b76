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
#include "store.h"

// Where a call makes, removes or replaces a name.
struct place {
  struct node* directory;
  char name[NAME_SIZE];
};

static int find_place(const char* path, struct place* place) {
  return tree_walk_to_parent(path, &place->directory, place->name);
}

// A new file, directory, FIFO or socket; a use of it.
static int make_node(struct process* process, const char* path, mode_t mode, struct node** made) {
  struct place place;
  int error = find_place(path, &place);
  if (error == 0) error = check_access(place.directory, W_OK | X_OK);
  if (error) return error;
  error = tree_make(place.directory, place.name, mode & ~process->mask, made);
  if (error || !S_ISFIFO(mode)) return error;
  (*made)->fifo = store_make_fifo();
  if ((*made)->fifo) return 0;
  tree_unlink(place.directory, place.name, false);
  node_release(*made);
  return -EPERM;
}

// ---- open

// Whether what is there can be opened like this. O_ACCMODE as a mode is neither, and needs both.
static int check_open(const struct node* node, int flags) {
  const int mode = flags & O_ACCMODE;
  if (!node->is_directory && flags & O_DIRECTORY) return -ENOTDIR;
  if (flags & O_PATH) return 0;
  // Only if it was not to be followed.
  if (node->target) return -ELOOP;
  if (node->is_directory && (mode != O_RDONLY || flags & (O_CREAT | O_TRUNC))) return -EISDIR;
  if (S_ISSOCK(node->mode)) return -ENXIO;
  int wanted = mode == O_RDONLY ? R_OK : mode == O_WRONLY ? W_OK : R_OK | W_OK;
  if (flags & O_TRUNC) wanted |= W_OK;
  return flags & O_NOATIME && check_owner(node) != 0 ? -EPERM : check_access(node, wanted);
}

static long long open_existing(const struct grate_call* call, struct node* node, int flags) {
  int error = flags & O_CREAT && flags & O_EXCL ? -EEXIST : check_open(node, flags);
  if (error == 0 && flags & O_TRUNC && S_ISREG(node->mode) && !(flags & O_PATH)) {
    error = file_resize(node, 0);
  }
  return error ? error : open_node(call, node_use(node), flags);
}

static long long open_unnamed(const struct grate_call* call, struct process* process,
                              struct node* directory, int flags, mode_t mode) {
  if ((flags & O_ACCMODE) == O_RDONLY) return -EINVAL;
  if (!directory->is_directory) return -ENOTDIR;
  const int error = check_access(directory, W_OK | X_OK);
  if (error) return error;
  struct node* const node = tree_make_unnamed(S_IFREG | (mode & 01777 & ~process->mask));
  if (!node) return -ENOSPC;
  node->is_unnamed = !(flags & O_EXCL);
  return open_node(call, node, flags);
}

static long long open_path(const struct grate_call* call, struct process* process,
                           const struct resolved* of, int flags, mode_t mode) {
  struct node* node = of->nodes[0];
  int error = node ? 0 : tree_walk(of->below[0], &node);
  if ((flags & O_TMPFILE) == O_TMPFILE) {
    return error ? error : open_unnamed(call, process, node, flags, mode);
  }
  if (error == 0) return open_existing(call, node, flags);
  if (error != -ENOENT || !(flags & O_CREAT)) return error;
  if (flags & O_DIRECTORY) return -EINVAL;
  error = make_node(process, of->below[0], S_IFREG | (mode & 01777), &node);
  return error ? error : open_node(call, node, flags);
}

static long long open_call(const struct grate_call* call, struct process* process,
                           const struct resolved* of) {
  const uint64_t* const args = call->args;
  switch (call->number) {
    case SYS_creat:
      return open_path(call, process, of, O_CREAT | O_WRONLY | O_TRUNC, (mode_t)args[1]);
    case SYS_open:
      return open_path(call, process, of, (int)args[1], (mode_t)args[2]);
    case SYS_openat:
      return open_path(call, process, of, (int)args[2], (mode_t)args[3]);
    default: {
      struct open_how how = {0};
      if ((uint32_t)args[3] < sizeof how) return -EINVAL;
      if ((uint32_t)args[3] > sizeof how) return -E2BIG;
      const int error = grate_get(call, 2, &how, sizeof how);
      if (error) return error;
      if (how.mode & ~(uint64_t)07777 || how.flags > UINT32_MAX) return -EINVAL;
      if (how.resolve & ~(uint64_t)RESOLVE_NO_MAGICLINKS) return -ENOSYS;
      return open_path(call, process, of, (int)how.flags, (mode_t)how.mode);
    }
  }
}

// ---- names

static long long make_directory(struct process* process, const char* path, uint64_t mode) {
  struct node* made;
  const int error = make_node(process, path, S_IFDIR | ((mode_t)mode & 01777), &made);
  if (error == 0) node_release(made);
  return error;
}

static long long make_special(struct process* process, const char* path, uint64_t mode) {
  mode_t type = (mode_t)mode & S_IFMT;
  if (type == 0) type = S_IFREG;
  // Devices there are none, as on some disks.
  if (type == S_IFCHR || type == S_IFBLK || type == S_IFDIR) return -EPERM;
  if (type != S_IFREG && type != S_IFIFO && type != S_IFSOCK) return -EINVAL;
  struct node* made;
  const int error = make_node(process, path, type | ((mode_t)mode & 01777), &made);
  if (error == 0) node_release(made);
  return error;
}

static long long remove_name(const struct resolved* of, bool is_directory) {
  if (of->last[0] != LAST_NAME && !is_directory) return -EISDIR;
  if (of->last[0] == LAST_DOT) return -EINVAL;
  if (of->last[0] == LAST_DOT_DOT) return -ENOTEMPTY;
  struct place place;
  int error = find_place(of->below[0], &place);
  if (error) return error == -EEXIST ? -EBUSY : error;
  error = check_removal(place.directory, place.name);
  return error ? error : tree_unlink(place.directory, place.name, is_directory);
}

static long long rename_path(const struct resolved* of, uint64_t flags) {
  if (flags & ~(uint64_t)(RENAME_NOREPLACE | RENAME_EXCHANGE)) return -EINVAL;
  if (flags == (RENAME_NOREPLACE | RENAME_EXCHANGE)) return -EINVAL;
  if (of->last[0] != LAST_NAME || of->last[1] != LAST_NAME) return -EBUSY;
  struct place from, to;
  int error = find_place(of->below[0], &from);
  if (error == 0) error = find_place(of->below[1], &to);
  if (error) return error == -EEXIST ? -EBUSY : error;
  error = check_removal(from.directory, from.name);
  if (error == 0) error = check_removal(to.directory, to.name);
  if (error) return error;
  if (flags & RENAME_EXCHANGE)
    return tree_exchange(from.directory, from.name, to.directory, to.name);
  return tree_rename(from.directory, from.name, to.directory, to.name, flags == 0);
}

static long long make_link(const struct grate_call* call, const char* path) {
  char target[PATH_SIZE];
  struct place place;
  const int length = grate_get_string(call, 0, target, sizeof target);
  if (length <= 0) return length ? length : -ENOENT;
  int error = find_place(path, &place);
  if (error == 0) error = check_access(place.directory, W_OK | X_OK);
  return error ? error : tree_make_link(place.directory, place.name, target);
}

static long long add_name(const struct resolved* of) {
  struct node* file = of->nodes[0];
  struct place place;
  int error = file ? 0 : tree_walk(of->below[0], &file);
  if (error == 0) error = of->last[1] == LAST_NAME ? find_place(of->below[1], &place) : -EEXIST;
  if (error == 0) error = check_access(place.directory, W_OK | X_OK);
  return error ? error : tree_add_name(place.directory, place.name, file);
}

// ---- what is checked first

// Flags of calls that have any: those that are not known are an error whatever the path is.
static bool has_known_flags(const struct grate_call* call) {
  static const struct {
    int number, argument;
    uint32_t known;
  } calls[] = {
      {SYS_newfstatat, 3, AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT | AT_EMPTY_PATH},
      {SYS_statx, 2, AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT | AT_EMPTY_PATH | AT_STATX_SYNC_TYPE},
      {SYS_fchownat, 4, AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH},
      {SYS_utimensat, 3, AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH},
      {SYS_faccessat2, 3, AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH | AT_EACCESS},
      {SYS_linkat, 4, AT_SYMLINK_FOLLOW | AT_EMPTY_PATH},
      {SYS_unlinkat, 2, AT_REMOVEDIR},
      {SYS_access, 1, R_OK | W_OK | X_OK},
      {SYS_faccessat, 2, R_OK | W_OK | X_OK},
      {SYS_faccessat2, 2, R_OK | W_OK | X_OK},
  };
  for (size_t i = 0; i < sizeof calls / sizeof calls[0]; ++i) {
    if (calls[i].number != call->number) continue;
    if ((uint32_t)call->args[calls[i].argument] & ~calls[i].known) return false;
  }
  return true;
}

// A slash at the end of a path: it must be a directory's.
static int require_directory(const struct grate_call* call, const struct resolved* of, int i) {
  struct node* node = of->nodes[i];
  const int error = node ? 0 : tree_walk(of->below[i], &node);
  if (error == 0) return node->is_directory ? 0 : -ENOTDIR;
  const bool makes_file = call->number == SYS_creat ||
                          (call->number == SYS_open && call->args[1] & O_CREAT) ||
                          (call->number == SYS_openat && call->args[2] & O_CREAT);
  return makes_file && error == -ENOENT ? -EISDIR : error;
}

static bool is_call(const struct grate_call* call, int first, int second, int third) {
  return call->number == first || call->number == second || call->number == third;
}

static int check_ends(const struct grate_call* call, const struct resolved* of) {
  const bool makes_directory = is_call(call, SYS_mkdir, SYS_mkdirat, -1);
  const bool makes = makes_directory || is_call(call, SYS_mknod, SYS_mknodat, -1) ||
                     is_call(call, SYS_symlink, SYS_symlinkat, -1);
  const bool renames = is_call(call, SYS_rename, SYS_renameat, SYS_renameat2);
  if (makes && of->last[0] != LAST_NAME) return -EEXIST;
  if (makes_directory) return 0;
  for (int i = 0; i < of->count; ++i) {
    if (!of->needs_directory[i] || !(of->below[i] || of->nodes[i])) continue;
    if (renames && of->last[i] != LAST_NAME) continue;
    // A name with a slash may be given to a directory.
    const int error = require_directory(call, of, renames ? 0 : i);
    if (error) return makes && error == -ENOTDIR ? -EEXIST : error;
  }
  return 0;
}

long long call_on_path(struct grate_call* call, struct process* process,
                       const struct resolved* of) {
  if (!has_known_flags(call)) return -EINVAL;
  int error = check_ends(call, of);
  if (error) return error;
  const char* const path = of->below[0];
  switch (call->number) {
    case SYS_open:
    case SYS_openat:
    case SYS_openat2:
    case SYS_creat:
      return open_call(call, process, of);
    case SYS_mkdir:
    case SYS_mkdirat:
      return make_directory(process, path, call->args[of->arguments[0].path + 1]);
    case SYS_mknod:
    case SYS_mknodat:
      return make_special(process, path, call->args[of->arguments[0].path + 1]);
    case SYS_rmdir:
      return remove_name(of, true);
    case SYS_unlink:
      return remove_name(of, false);
    case SYS_unlinkat:
      return remove_name(of, call->args[2] & AT_REMOVEDIR);
    case SYS_rename:
    case SYS_renameat:
      return rename_path(of, 0);
    case SYS_renameat2:
      return rename_path(of, call->args[4]);
    case SYS_link:
    case SYS_linkat:
      return add_name(of);
    case SYS_symlink:
    case SYS_symlinkat:
      return make_link(call, path);
  }
  struct node* node = of->nodes[0];
  error = node ? 0 : tree_walk(path, &node);
  return error ? error : call_on_node(call, process, node);
}
