// What the parts of imfs share. Functions of calls are called with the lock of cages.h held, except
// where it says otherwise, and give the call's result. Those that wait give it back meanwhile: then
// only what they have in use is still there.
#ifndef IMFS_IMFS_H
#define IMFS_IMFS_H

#include <linden/grate.h>
#include <linden/syscalls.h>

#include "../common/descriptors.h"
#include "../common/paths.h"
#include "tree.h"

#define MAX_TRANSFER ((uint64_t)0x7ffff000)  // as Linux

// Shared by the descriptors that were made of one another.
struct open_file {
  unsigned references;
  struct node* node;
  uint64_t offset;
  int flags;   // of open(2), but for O_CLOEXEC
  int signal;  // F_SETSIG
};

// What a process has of this file system. Each of its descriptors here is also one of the process:
// so numbers, limits, dup, close on exec and inheritance are the system's own. That of a FIFO is an
// end of one of the system's; all others are O_PATH descriptors of `/` that do nothing.
struct process {
  struct descriptors files;  // of struct open_file
  struct node* directory;    // the working directory, if it is here
  mode_t mask;
};

extern const char* mount_point;  // absolute, as join_path gives it

// Null if it is not one of ours.
static inline struct open_file* find_file(const struct process* process, uint64_t descriptor) {
  return descriptor_find(&process->files, descriptor);
}
extern const struct descriptor_kind file_kind;

// A use of an open file.
void file_release(struct open_file* file);
// A new descriptor of a node; waits if it is a FIFO. Takes over a use of the node.
long long open_node(const struct grate_call* call, struct node* node, int flags);

// A call on a file of ours: `argument` is the descriptor's position.
long long call_on_file(struct grate_call* call, struct process* process, int argument,
                       struct open_file* file);

// Whether the call reads or writes, and then its result.
bool call_transfer(const struct grate_call* call, struct open_file* file, long long* result);

// What is at the end of a path.
enum last_part { LAST_NAME, LAST_DOT, LAST_DOT_DOT, LAST_ROOT };

// The one or two paths of a call.
struct resolved {
  int count;
  struct path_argument arguments[2];
  char paths[2][PATH_SIZE];
  const char* below[2];   // the part below the mount point, as tree_walk takes it; null: elsewhere
  struct node* nodes[2];  // what is named by a descriptor of ours, and perhaps has no path
  enum last_part last[2];
  bool needs_directory[2];  // ends with a slash
  bool is_redirected[2];    // elsewhere, and not where the path itself would lead
};

// Who resolves a path, and how.
struct path_view {
  const struct grate_call* call;
  const struct process* process;
  bool follows;        // a link at the end
  bool names;          // the last name itself is meant, also with a slash behind it
  bool looks_outside;  // follows links elsewhere
};

// What a path leads to, from `base`: absolute, without `.`, `..` and links of ours. 0, or -errno if
// it leads through what is here and cannot go on.
int resolve_links(const struct path_view* view, const char* base, const char* given,
                  struct resolved* of, int i);
// The path of a descriptor of ours, as /proc has it. 0 or -errno.
int describe_file(const struct node* node, char path[PATH_SIZE]);
// The file of ours that a path such as /proc/self/fd/3 means; null if it is none.
struct open_file* find_named_file(const struct grate_call* call, const struct process* process,
                                  const char* path);

// Whether the paths that of->arguments says are ours; then the call is answered, and `result` set.
// Otherwise it is to be forwarded, with what is redirected.
bool answer_paths(struct grate_call* call, struct process* process, struct resolved* of,
                  bool looks_outside, long long* result);
// A call on paths of ours.
long long call_on_path(struct grate_call* call, struct process* process, const struct resolved* of);
// What path and descriptor calls have in common: status, mode, owner, times, attributes.
// Those of them that take a descriptor.
bool is_for_nodes(int number);
long long call_on_node(struct grate_call* call, struct process* process, struct node* node);

// Calls between two descriptors, of which at least one is ours.
long long call_copy(struct grate_call* call);
// mmap of a file of ours.
long long map_file(struct grate_call* call, struct open_file* file);

// Of poll, ppoll, select and pselect6. Take the lock themselves.
long long call_poll(struct grate_call* call);
long long call_select(struct grate_call* call);

// Whether the grate's user may do what R_OK, W_OK and X_OK say. 0 or -EACCES.
int check_access(const struct node* node, int wanted);
// Whether the user may change who may do what. 0 or -EPERM.
int check_owner(const struct node* node);
// Whether the user may remove an entry, or replace it. 0 or -errno.
int check_removal(const struct node* directory, const char* name);
// Learns who the user is.
void begin_access(void);

// Makes room for a file to become larger: 0, or -EFBIG after a signal if the process may not have
// one as large. `size` is lowered to what it may have.
int check_limit(const struct grate_call* call, const struct node* node, uint64_t offset,
                uint64_t* size);

// Structures that describe a node, into the memory of an argument.
int put_status(const struct grate_call* call, int argument, const struct node* node);
int put_statx(const struct grate_call* call, int argument, const struct node* node);
int put_file_system(const struct grate_call* call, int argument);
// utime, utimes, futimesat and utimensat.
long long set_times(const struct grate_call* call, struct node* node);

// Copies a tree of the host's in, and all there is out. 0, or -1 after saying why not.
int load_tree(const char* directory);
int dump_tree(const char* directory);

#endif
