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
// A call on one or two paths of ours, as tree_walk takes them.
long long call_on_path(struct grate_call* call, struct process* process,
                       const struct path_argument arguments[2], const char* path,
                       const char* second);

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
