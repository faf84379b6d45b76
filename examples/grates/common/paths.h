// Paths that callers pass, as absolute ones.
#ifndef GRATES_PATHS_H
#define GRATES_PATHS_H

#include <linden/grate.h>
#include <linden/syscalls.h>
#include <stdbool.h>
#include <stddef.h>

#define PATH_SIZE 4096

// An argument of a call that names a file.
struct path_argument {
  int path;       // its position
  int directory;  // that of the descriptor that it is relative to; -1: the working directory
};

// Those of a call: how many there are, at most two. Not counted are strings that name no file, such
// as the contents of a symbolic link.
int path_arguments(const struct linden_syscall* call, struct path_argument found[2]);

// Whether a call follows a symbolic link that the path at `argument` ends with. Not looked at is
// openat2's structure: it does.
bool path_is_followed(const struct grate_call* call, int argument);

// Joins and removes `.`, `..` and empty parts by text alone; symbolic links are not looked at.
// `base` is absolute. -ENAMETOOLONG, or 0.
int join_path(char result[PATH_SIZE], const char* base, const char* path);

// The directory that a relative path starts from, as the caller sees it. 0 or -errno.
int caller_directory(const struct grate_call* call, int descriptor, char result[PATH_SIZE]);

// What a path argument names, as join_path gives it. 0, or -errno; ENOENT for an empty path.
int absolute_path(const struct grate_call* call, struct path_argument argument,
                  char result[PATH_SIZE]);

// Whether a path that join_path gave is `prefix` or lies beneath it; then what follows, which is
// empty or begins with a slash.
const char* path_below(const char* path, const char* prefix);

#endif
