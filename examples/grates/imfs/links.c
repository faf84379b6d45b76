// Resolves paths that lead through this file system. Outside of it they are followed by their text
// alone.
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "imfs.h"

#define MAX_LINKS 40  // as Linux

// Whether a path can go on from here.
static int check_directory(const char* path) {
  const char* const below = path_below(path, mount_point);
  struct node* node;
  if (!below) return 0;
  const int error = tree_walk(below, &node);
  return error ? error : node->is_directory ? 0 : -ENOTDIR;
}

static const struct node* find_link(const char* path) {
  const char* const below = path_below(path, mount_point);
  struct node* node;
  if (!below || tree_walk(below, &node) != 0) return NULL;
  return S_ISLNK(node->mode) ? node : NULL;
}

int resolve_links(const char* base, const char* given, bool follows, struct resolved* of, int i) {
  char* const path = of->paths[i];
  char rest[PATH_SIZE], part[PATH_SIZE], next[PATH_SIZE];
  strcpy(path, given[0] == '/' ? "/" : base);
  strcpy(rest, given);
  of->needs_directory[i] = false;
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
    const bool is_name = strcmp(part, ".") != 0 && strcmp(part, "..") != 0;
    const bool looks = is_name && (!is_last || follows || *behind == '/');
    const struct node* const link = looks ? find_link(next) : NULL;
    if (!link) {
      of->needs_directory[i] = is_last && (*behind == '/' || !is_name);
      strcpy(path, next);
      memmove(rest, behind, strlen(behind) + 1);
      continue;
    }
    if (++links > MAX_LINKS) return -ELOOP;
    const size_t size = link->size;
    if (size + strlen(behind) >= PATH_SIZE) return -ENAMETOOLONG;
    of->is_redirected[i] = true;
    memmove(rest + size, behind, strlen(behind) + 1);
    memcpy(rest, link->data, size);
    if (rest[0] == '/') strcpy(path, "/");
  }
}
