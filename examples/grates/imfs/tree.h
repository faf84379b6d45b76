// Directories, files and symbolic links in memory. The lock of cages.h guards all of it.
#ifndef IMFS_TREE_H
#define IMFS_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <time.h>

#include "contents.h"

#define NAME_SIZE 256

// A file, a directory, a link, a FIFO or a socket. It lives as long as it has a name or is open.
struct node {
  unsigned references;  // names and uses
  bool is_directory;
  bool is_unnamed;  // made without a name, and may get one
  uint64_t inode;
  mode_t mode;  // with the file's type
  uid_t owner;
  gid_t group;
  struct timespec accessed, modified, changed;
  unsigned names;
  struct attribute* attributes;
  struct lock* locks;
  struct contents contents;  // of a file
  char* target;              // of a link
  uint64_t fifo;             // of a FIFO: its number in store.h
  // Of a directory. The parent, which is in use, is the last one if it has no name any more.
  struct node* parent;
  struct entry* entries;
  unsigned subdirectories;
};

struct entry {
  struct entry* next;
  uint64_t position;  // what getdents and lseek know it by; grows along the list
  struct node* node;
  char name[NAME_SIZE];
};

// Whose new files are.
extern uid_t tree_owner;
extern gid_t tree_group;

struct node* tree_root(void);

struct node* node_use(struct node* node);
void node_release(struct node* node);

// A directory that has no name any more; nothing can be made in it.
bool tree_is_removed(const struct node* directory);
uint64_t tree_size(const struct node* node);

// All return 0 or -errno. Names are not empty, `.` or `..`.
struct entry* tree_find(const struct node* directory, const char* name);
// A use of a new node in `directory`.
int tree_make(struct node* directory, const char* name, mode_t mode, struct node** made);
// One without a name. Null without memory.
struct node* tree_make_unnamed(mode_t mode);
int tree_make_link(struct node* directory, const char* name, const char* target);
// Another name of a file.
int tree_add_name(struct node* directory, const char* name, struct node* file);
int tree_unlink(struct node* directory, const char* name, bool is_directory);
int tree_rename(struct node* from, const char* name, struct node* to, const char* new_name,
                bool may_replace);
// Both names exist, and change places.
int tree_exchange(struct node* from, const char* name, struct node* to, const char* new_name);

// Walks a path of names and slashes, which may be empty, and follows no links: the node, or
// -ENOENT, -ENOTDIR.
int tree_walk(const char* path, struct node** node);
// The directory of a path's last name: EEXIST for the root.
int tree_walk_to_parent(const char* path, struct node** directory, char name[NAME_SIZE]);

int file_resize(struct node* file, uint64_t size);

// The path of a directory below the root, as tree_walk takes it. -ENOENT, -ERANGE.
int tree_path(const struct node* directory, char* path, size_t size);
// A path of any node; of several, one. ENOENT if it has no name.
int tree_find_path(const struct node* node, char* path, size_t size);

struct timespec current_time(void);

#endif
