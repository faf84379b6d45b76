// What the parts of imfs share. Functions of calls are called with the lock of cages.h held, except
// where it says otherwise, and give the call's result.
#ifndef IMFS_IMFS_H
#define IMFS_IMFS_H

#include <linden/grate.h>
#include <linden/syscalls.h>

#include "../common/descriptors.h"
#include "../common/paths.h"
#include "tree.h"

// Shared by the descriptors that were made of one another.
struct open_file {
  unsigned references;
  struct node* node;
  uint64_t offset;
  int flags;  // of open(2), but for O_CLOEXEC
};

// What a process has of this file system. Each of its descriptors here is also one of the process,
// an O_PATH descriptor of `/` that does nothing: so numbers, limits, dup, close on exec and
// inheritance are the system's own.
struct process {
  struct descriptors files;  // of struct open_file
  struct node* directory;    // the working directory, if it is here
  mode_t mask;
};

extern const char* mount_point;  // absolute, as join_path gives it
extern mode_t initial_mask;

// Null if it is not one of ours.
static inline struct open_file* find_file(const struct process* process, uint64_t descriptor) {
  return descriptor_find(&process->files, descriptor);
}
extern const struct descriptor_kind file_kind;

// A call on a file of ours: `argument` is the descriptor's position.
long long call_on_file(struct grate_call* call, struct process* process, int argument,
                       struct open_file* file);
// The one or two paths of a call.
struct resolved {
  int count;
  struct path_argument arguments[2];
  char paths[2][PATH_SIZE];
  const char* below[2];  // the part below the mount point, as tree_walk takes it; null: elsewhere
  bool needs_directory[2];  // ends with a slash
  bool is_redirected[2];    // elsewhere, and not where the path itself would lead
};

// What a path leads to, from `base`: absolute, without `.`, `..` and links of ours. 0, or -errno if
// it leads through what is here and cannot go on.
int resolve_links(const char* base, const char* given, bool follows, struct resolved* of, int i);

// A call on paths of ours.
long long call_on_path(struct grate_call* call, struct process* process, const struct resolved* of);

// Of poll, ppoll, select and pselect6. Take the lock themselves.
long long call_poll(struct grate_call* call);
long long call_select(struct grate_call* call);

// Structures that describe a node, into the memory of an argument.
int put_status(const struct grate_call* call, int argument, const struct node* node);
int put_statx(const struct grate_call* call, int argument, const struct node* node);
int put_file_system(const struct grate_call* call, int argument);
long long set_times(const struct grate_call* call, int argument, struct node* node);
void set_mode(struct node* node, uint64_t mode);
void set_owner(struct node* node, uint64_t owner, uint64_t group);

// Copies a tree of the host's in, and all there is out. 0, or -1 after saying why not.
int load_tree(const char* directory);
int dump_tree(const char* directory);

#endif
