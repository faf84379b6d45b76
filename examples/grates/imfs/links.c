// Resolves paths that lead through this file system.
//
// Outside of it they are first followed by their text alone, and the system is asked. Only if it
// finds nothing there, links outside are looked at: one of them may lead here, where the system has
// nothing.
#define _GNU_SOURCE
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "imfs.h"

#define MAX_LINKS 40  // as Linux

// Whether a path can go on from here.
static int check_directory(const char* path) {
  const char* const below = path_below(path, mount_point);
  struct node* node;
  if (!below) return 0;
  int error = tree_walk(below, &node);
  if (error == 0 && !node->is_directory) error = -ENOTDIR;
  return error ? error : check_access(node, X_OK);
}

int describe_file(const struct node* node, char path[PATH_SIZE]) {
  const size_t length = strlen(mount_point);
  strcpy(path, mount_point);
  const int error = tree_find_path(node, path + length, PATH_SIZE - length);
  if (error != -ENOENT) return error;
  snprintf(path + length, PATH_SIZE - length, "/#%llu (deleted)", (unsigned long long)node->inode);
  return 0;
}

struct open_file* find_named_file(const struct grate_call* call, const struct process* process,
                                  const char* path) {
  static const char* const standard[] = {"/dev/stdin", "/dev/stdout", "/dev/stderr"};
  char own[48];
  snprintf(own, sizeof own, "/proc/%d/fd", call->cage);
  const char* const directories[] = {"/proc/self/fd", "/dev/fd", "/proc/thread-self/fd", own};
  for (int i = 0; i < 3; ++i) {
    if (strcmp(path, standard[i]) == 0) return find_file(process, (uint64_t)i);
  }
  for (size_t i = 0; i < sizeof directories / sizeof directories[0]; ++i) {
    const char* const name = path_below(path, directories[i]);
    if (!name || name[0] != '/' || name[1] < '0' || name[1] > '9') continue;
    char* end;
    const unsigned long number = strtoul(name + 1, &end, 10);
    return *end || number > INT_MAX ? NULL : find_file(process, number);
  }
  return NULL;
}

// What a link says: how long it is; negative if there is none.
static long long read_link(const struct path_view* view, const char* path, char target[PATH_SIZE]) {
  const char* const below = path_below(path, mount_point);
  struct node* node;
  if (below) {
    if (tree_walk(below, &node) != 0 || !node->target) return -EINVAL;
    strcpy(target, node->target);
    return (long long)strlen(target);
  }
  const struct open_file* const file = find_named_file(view->call, view->process, path);
  if (file) return describe_file(file->node, target) == 0 ? (long long)strlen(target) : -EINVAL;
  if (!view->looks_outside) return -EINVAL;
  const long long length = grate_call_as(
      view->call, SYS_readlink, (uint64_t[6]){(uintptr_t)path, (uintptr_t)target, PATH_SIZE - 1});
  if (length >= 0) target[length] = 0;
  return length;
}

int resolve_links(const struct path_view* view, const char* base, const char* given,
                  struct resolved* of, int i) {
  char* const path = of->paths[i];
  char rest[PATH_SIZE], part[PATH_SIZE], next[PATH_SIZE], target[PATH_SIZE];
  strcpy(path, given[0] == '/' ? "/" : base);
  strcpy(rest, given);
  of->needs_directory[i] = false;
  of->last[i] = LAST_ROOT;
  for (int links = 0;;) {
    const char* const name = rest + strspn(rest, "/");
    const size_t length = strcspn(name, "/");
    if (length == 0) return 0;
    const char* const behind = name + length;
    const bool is_last = behind[strspn(behind, "/")] == 0;
    int error = check_directory(path);
    snprintf(part, sizeof part, "%.*s", (int)length, name);
    if (error == 0) error = join_path(next, path, part);
    if (error) return error;
    of->last[i] = strcmp(part, ".") == 0    ? LAST_DOT
                  : strcmp(part, "..") == 0 ? LAST_DOT_DOT
                                            : LAST_NAME;
    const bool is_name = of->last[i] == LAST_NAME;
    const bool follows = !is_last || view->follows || (*behind == '/' && !view->names);
    struct open_file* const file =
        is_last && follows ? find_named_file(view->call, view->process, next) : NULL;
    if (file) {
      of->nodes[i] = file->node;
      of->needs_directory[i] = *behind == '/';
      return 0;
    }
    const long long size = is_name && follows ? read_link(view, next, target) : -EINVAL;
    if (size < 0) {
      of->needs_directory[i] = is_last && (*behind == '/' || !is_name);
      strcpy(path, next);
      memmove(rest, behind, strlen(behind) + 1);
      continue;
    }
    if (++links > MAX_LINKS) return -ELOOP;
    if ((size_t)size + strlen(behind) >= PATH_SIZE) return -ENAMETOOLONG;
    of->is_redirected[i] = true;
    memmove(rest + size, behind, strlen(behind) + 1);
    memcpy(rest, target, (size_t)size);
    if (rest[0] == '/') strcpy(path, "/");
  }
}
