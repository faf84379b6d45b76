#define _GNU_SOURCE
#include "paths.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/syscall.h>

int path_arguments(const struct linden_syscall* call, struct path_argument found[2]) {
  switch (call->number) {
    case SYS_memfd_create:
    case SYS_fsetxattr:
    case SYS_fgetxattr:
    case SYS_fremovexattr:
      return 0;
  }
  int count = 0;
  for (int i = 0; i < call->argument_count && count < 2; ++i) {
    if (call->kinds[i] != LINDEN_PATH) continue;
    const bool contents = i == 0 && (call->number == SYS_symlink || call->number == SYS_symlinkat);
    if (contents) continue;
    const bool relative = i > 0 && call->kinds[i - 1] == LINDEN_DIR_FD;
    found[count++] = (struct path_argument){i, relative ? i - 1 : -1};
  }
  // The names of attributes are strings as well.
  const bool attribute = strstr(call->name, "xattr") != NULL;
  return attribute && count == 2 ? 1 : count;
}

int join_path(char result[PATH_SIZE], const char* base, const char* path) {
  size_t length = 0;
  const char* const parts[] = {path[0] == '/' ? "" : base, path};
  for (int i = 0; i < 2; ++i) {
    const char* next = parts[i];
    while (*next) {
      const size_t size = strcspn(next, "/");
      if (size == 2 && next[0] == '.' && next[1] == '.') {
        while (length > 0 && result[--length] != '/') continue;
      } else if (size > 0 && !(size == 1 && next[0] == '.')) {
        if (length + 1 + size + 1 > PATH_SIZE) return -ENAMETOOLONG;
        result[length++] = '/';
        memcpy(result + length, next, size);
        length += size;
      }
      next += size;
      next += *next == '/';
    }
  }
  if (length == 0) result[length++] = '/';
  result[length] = 0;
  return 0;
}

bool path_is_followed(const struct grate_call* call, int argument) {
  const uint64_t* const args = call->args;
  switch (call->number) {
    case SYS_lstat:
    case SYS_unlink:
    case SYS_unlinkat:
    case SYS_rmdir:
    case SYS_rename:
    case SYS_renameat:
    case SYS_renameat2:
    case SYS_link:
    case SYS_symlink:
    case SYS_symlinkat:
    case SYS_mkdir:
    case SYS_mkdirat:
    case SYS_mknod:
    case SYS_mknodat:
    case SYS_readlink:
    case SYS_readlinkat:
    case SYS_lchown:
    case SYS_lsetxattr:
    case SYS_lgetxattr:
    case SYS_llistxattr:
    case SYS_lremovexattr:
      return false;
    case SYS_linkat:
      return argument == 1 && args[4] & AT_SYMLINK_FOLLOW;
    case SYS_newfstatat:
      return !(args[3] & AT_SYMLINK_NOFOLLOW);
    case SYS_statx:
      return !(args[2] & AT_SYMLINK_NOFOLLOW);
    case SYS_fchownat:
      return !(args[4] & AT_SYMLINK_NOFOLLOW);
    case SYS_faccessat2:
    case SYS_utimensat:
      return !(args[3] & AT_SYMLINK_NOFOLLOW);
    case SYS_execveat:
      return !(args[4] & AT_SYMLINK_NOFOLLOW);
    case SYS_inotify_add_watch:
      return !(args[2] & IN_DONT_FOLLOW);
    case SYS_open:
      return !(args[1] & O_NOFOLLOW) && (args[1] & (O_CREAT | O_EXCL)) != (O_CREAT | O_EXCL);
    case SYS_openat:
      return !(args[2] & O_NOFOLLOW) && (args[2] & (O_CREAT | O_EXCL)) != (O_CREAT | O_EXCL);
    default:
      return true;
  }
}

int caller_directory(const struct grate_call* call, int descriptor, char result[PATH_SIZE]) {
  char link[32];
  long long length;
  if (descriptor == AT_FDCWD) {
    length = grate_call_as(call, SYS_getcwd, (uint64_t[6]){(uintptr_t)result, PATH_SIZE});
  } else {
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    length = grate_call_as(call, SYS_readlink,
                           (uint64_t[6]){(uintptr_t)link, (uintptr_t)result, PATH_SIZE - 1});
    if (length == -ENOENT) return -EBADF;
    if (length >= 0) result[length] = 0;
  }
  if (length < 0) return (int)length;
  return result[0] == '/' ? 0 : -ENOTDIR;
}

int absolute_path(const struct grate_call* call, struct path_argument argument,
                  char result[PATH_SIZE]) {
  char path[PATH_SIZE], base[PATH_SIZE] = "/";
  const int length = grate_get_string(call, argument.path, path, sizeof path);
  if (length < 0) return length;
  if (length == 0) return -ENOENT;
  if (path[0] != '/') {
    const int descriptor = argument.directory < 0 ? AT_FDCWD : (int)call->args[argument.directory];
    const int error = caller_directory(call, descriptor, base);
    if (error) return error;
  }
  return join_path(result, base, path);
}

const char* path_below(const char* path, const char* prefix) {
  const size_t length = strcmp(prefix, "/") == 0 ? 0 : strlen(prefix);
  if (strncmp(path, prefix, length) != 0) return NULL;
  if (path[length] != 0 && path[length] != '/') return NULL;
  return path + length;
}
