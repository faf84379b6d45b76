// Calls on what a path or a descriptor names, whichever it was.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "attributes.h"
#include "imfs.h"

static long long set_mode(struct node* node, uint64_t mode) {
  if (S_ISLNK(node->mode)) return -EOPNOTSUPP;
  const int error = check_owner(node);
  if (error) return error;
  node->mode = (node->mode & S_IFMT) | ((mode_t)mode & 01777);
  node->changed = current_time();
  return 0;
}

// Who is not root may give a file to one of his groups.
static long long set_owner(struct node* node, uint64_t owner, uint64_t group) {
  const bool changes_owner = (uid_t)owner != (uid_t)-1 && (uid_t)owner != node->owner;
  const bool changes_group = (gid_t)group != (gid_t)-1 && (gid_t)group != node->group;
  const int error = check_owner(node);
  if (error ||
      (tree_owner != 0 && (changes_owner || (changes_group && (gid_t)group != tree_group)))) {
    return -EPERM;
  }
  if (changes_owner) node->owner = (uid_t)owner;
  if (changes_group) node->group = (gid_t)group;
  node->changed = current_time();
  return 0;
}

static long long answer_access(const struct node* node, uint64_t wanted) {
  if (wanted & ~(uint64_t)(R_OK | W_OK | X_OK)) return -EINVAL;
  return check_access(node, (int)wanted);
}

static long long truncate_node(const struct grate_call* call, struct node* node, uint64_t size) {
  if (node->is_directory) return -EISDIR;
  if (!S_ISREG(node->mode) || (int64_t)size < 0) return -EINVAL;
  int error = check_access(node, W_OK);
  uint64_t grown = 1;
  if (error == 0 && size > node->contents.size) error = check_limit(call, node, size - 1, &grown);
  return error ? error : file_resize(node, size);
}

static long long read_link(const struct grate_call* call, struct node* node) {
  const int buffer = call->number == SYS_readlinkat ? 2 : 1;
  const int32_t room = (int32_t)call->args[buffer + 1];
  if (room <= 0) return -EINVAL;
  if (!node->target) {
    char byte;
    const bool by_descriptor =
        call->number == SYS_readlinkat && grate_get(call, 1, &byte, 1) == 0 && byte == 0;
    return by_descriptor ? -ENOENT : -EINVAL;
  }
  const size_t length = strlen(node->target);
  const size_t size = (size_t)room < length ? (size_t)room : length;
  const int error = grate_put(call, buffer, node->target, size);
  return error ? error : (long long)size;
}

static long long change_directory(struct process* process, struct node* node) {
  if (!node->is_directory) return -ENOTDIR;
  const int error = check_access(node, X_OK);
  if (error) return error;
  struct node* const old = process->directory;
  process->directory = node_use(node);
  if (old) node_release(old);
  return 0;
}

bool is_for_nodes(int number) {
  switch (number) {
    case SYS_fstat:
    case SYS_newfstatat:
    case SYS_statx:
    case SYS_fstatfs:
    case SYS_faccessat2:
    case SYS_fchdir:
    case SYS_fchmod:
    case SYS_fchown:
    case SYS_fchownat:
    case SYS_futimesat:
    case SYS_utimensat:
    case SYS_readlinkat:
    case SYS_fsetxattr:
    case SYS_fgetxattr:
    case SYS_flistxattr:
    case SYS_fremovexattr:
      return true;
    default:
      return false;
  }
}

long long call_on_node(struct grate_call* call, struct process* process, struct node* node) {
  const uint64_t* const args = call->args;
  switch (call->number) {
    case SYS_stat:
    case SYS_lstat:
    case SYS_fstat:
      return put_status(call, 1, node);
    case SYS_newfstatat:
      return put_status(call, 2, node);
    case SYS_statx:
      return put_statx(call, 4, node);
    case SYS_statfs:
    case SYS_fstatfs:
      return put_file_system(call, 1);
    case SYS_access:
      return answer_access(node, (uint32_t)args[1]);
    case SYS_faccessat:
    case SYS_faccessat2:
      return answer_access(node, (uint32_t)args[2]);
    case SYS_truncate:
      return truncate_node(call, node, args[1]);
    case SYS_chdir:
    case SYS_fchdir:
      return change_directory(process, node);
    case SYS_chmod:
    case SYS_fchmod:
      return set_mode(node, args[1]);
    case SYS_fchmodat:
      return set_mode(node, args[2]);
    case SYS_chown:
    case SYS_lchown:
    case SYS_fchown:
      return set_owner(node, args[1], args[2]);
    case SYS_fchownat:
      return set_owner(node, args[2], args[3]);
    case SYS_utime:
    case SYS_utimes:
    case SYS_futimesat:
    case SYS_utimensat:
      return set_times(call, node);
    case SYS_readlink:
    case SYS_readlinkat:
      return read_link(call, node);
    case SYS_setxattr:
    case SYS_lsetxattr:
    case SYS_fsetxattr:
    case SYS_getxattr:
    case SYS_lgetxattr:
    case SYS_fgetxattr:
    case SYS_listxattr:
    case SYS_llistxattr:
    case SYS_flistxattr:
    case SYS_removexattr:
    case SYS_lremovexattr:
    case SYS_fremovexattr:
      return attributes_call(call, node);
    // There are no notifications; this is what programs know how to do without.
    case SYS_inotify_add_watch:
      return -ENOSPC;
    case SYS_chroot:
      return -EPERM;
    default:
      return -EOPNOTSUPP;
  }
}
