#define _GNU_SOURCE
#include "tree.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "attributes.h"
#include "locks.h"
#include "store.h"

uid_t tree_owner;
gid_t tree_group;

static uint64_t last_inode, last_position;
static struct node root = {
    .references = 1, .is_directory = true, .inode = 1, .mode = S_IFDIR | 0777};

struct timespec current_time(void) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  return now;
}

struct node* tree_root(void) {
  if (last_inode == 0) {
    last_inode = 1;
    root.accessed = root.modified = root.changed = current_time();
  }
  return &root;
}

struct node* node_use(struct node* node) {
  ++node->references;
  return node;
}

void node_release(struct node* node) {
  if (--node->references > 0) return;
  if (node->parent) node_release(node->parent);
  if (node->fifo) store_remove(node->fifo);
  attributes_release(node);
  locks_release(node);
  contents_release(&node->contents);
  free(node->target);
  free(node);
}

bool tree_is_removed(const struct node* directory) {
  return directory != &root && directory->names == 0;
}

uint64_t tree_size(const struct node* node) {
  return node->target ? strlen(node->target) : node->contents.size;
}

struct entry* tree_find(const struct node* directory, const char* name) {
  for (struct entry* entry = directory->entries; entry; entry = entry->next) {
    if (strcmp(entry->name, name) == 0) return entry;
  }
  return NULL;
}

static void touch(struct node* directory) {
  directory->modified = directory->changed = current_time();
}

// Takes over a use of the node. The list is long-lived and walked far more often than it grows.
static int add_entry(struct node* directory, const char* name, struct node* node) {
  struct entry* const entry = calloc(1, sizeof *entry);
  if (!entry) return -ENOSPC;
  entry->position = ++last_position;
  entry->node = node;
  snprintf(entry->name, sizeof entry->name, "%s", name);
  struct entry** end = &directory->entries;
  while (*end) end = &(*end)->next;
  *end = entry;
  ++node->names;
  if (node->is_directory) {
    struct node* const old = node->parent;
    node->parent = node_use(directory);
    if (old) node_release(old);
    ++directory->subdirectories;
  }
  node->changed = current_time();
  touch(directory);
  return 0;
}

static void remove_entry(struct node* directory, struct entry* entry) {
  struct entry** place = &directory->entries;
  while (*place != entry) place = &(*place)->next;
  *place = entry->next;
  --entry->node->names;
  if (entry->node->is_directory) --directory->subdirectories;
  entry->node->changed = current_time();
  touch(directory);
  node_release(entry->node);
  free(entry);
}

struct node* tree_make_unnamed(mode_t mode) {
  struct node* const node = calloc(1, sizeof *node);
  if (!node) return NULL;
  node->references = 1;
  node->is_directory = S_ISDIR(mode);
  node->inode = ++last_inode;
  node->owner = tree_owner;
  node->group = tree_group;
  node->mode = mode;
  node->accessed = node->modified = node->changed = current_time();
  return node;
}

// Whether a directory can get a new name.
static int check_name(const struct node* directory, const char* name) {
  if (tree_is_removed(directory)) return -ENOENT;
  if (strlen(name) >= NAME_SIZE) return -ENAMETOOLONG;
  return tree_find(directory, name) ? -EEXIST : 0;
}

int tree_make(struct node* directory, const char* name, mode_t mode, struct node** made) {
  const int error = check_name(directory, name);
  if (error) return error;
  struct node* const node = tree_make_unnamed(mode);
  if (!node) return -ENOSPC;
  if (directory->mode & S_ISGID) {
    node->group = directory->group;
    if (node->is_directory) node->mode |= S_ISGID;
  }
  if (add_entry(directory, name, node) != 0) {
    node_release(node);
    return -ENOSPC;
  }
  *made = node_use(node);
  return 0;
}

int tree_make_link(struct node* directory, const char* name, const char* target) {
  char* const text = strdup(target);
  struct node* link;
  const int error = text ? tree_make(directory, name, S_IFLNK | 0777, &link) : -ENOSPC;
  if (error) {
    free(text);
    return error;
  }
  link->target = text;
  node_release(link);
  return 0;
}

int tree_add_name(struct node* directory, const char* name, struct node* file) {
  if (file->is_directory) return -EPERM;
  if (file->names == 0 && !file->is_unnamed) return -ENOENT;
  int error = check_name(directory, name);
  if (error) return error;
  node_use(file);
  error = add_entry(directory, name, file);
  if (error) node_release(file);
  return error;
}

int tree_unlink(struct node* directory, const char* name, bool is_directory) {
  struct entry* const entry = tree_find(directory, name);
  if (!entry) return -ENOENT;
  if (is_directory && !entry->node->is_directory) return -ENOTDIR;
  if (!is_directory && entry->node->is_directory) return -EISDIR;
  if (entry->node->entries) return -ENOTEMPTY;
  remove_entry(directory, entry);
  return 0;
}

static bool contains(const struct node* directory, const struct node* node) {
  for (; node; node = node->parent) {
    if (node == directory) return true;
  }
  return false;
}

int tree_rename(struct node* from, const char* name, struct node* to, const char* new_name,
                bool may_replace) {
  struct entry* const entry = tree_find(from, name);
  if (!entry) return -ENOENT;
  if (tree_is_removed(to)) return -ENOENT;
  if (strlen(new_name) >= NAME_SIZE) return -ENAMETOOLONG;
  struct node* const node = entry->node;
  if (node->is_directory && contains(node, to)) return -EINVAL;
  struct entry* const replaced = tree_find(to, new_name);
  if (replaced) {
    if (!may_replace) return -EEXIST;
    if (replaced->node == node) return 0;
    if (node->is_directory && !replaced->node->is_directory) return -ENOTDIR;
    if (!node->is_directory && replaced->node->is_directory) return -EISDIR;
    if (replaced->node->entries) return -ENOTEMPTY;
  }
  // The new name first: what can fail has failed when the old ones go.
  node_use(node);
  if (add_entry(to, new_name, node) != 0) {
    node_release(node);
    return -ENOSPC;
  }
  if (replaced) remove_entry(to, replaced);
  remove_entry(from, entry);
  return 0;
}

static void put_node(struct node* directory, struct entry* entry, struct node* node) {
  entry->node = node;
  if (node->is_directory) {
    node->parent = directory;
    ++directory->subdirectories;
  }
  node->changed = current_time();
  touch(directory);
}

int tree_exchange(struct node* from, const char* name, struct node* to, const char* new_name) {
  struct entry *const first = tree_find(from, name), *const second = tree_find(to, new_name);
  if (!first || !second) return -ENOENT;
  struct node *const moved = first->node, *const other = second->node;
  if (moved->is_directory && contains(moved, to)) return -EINVAL;
  if (other->is_directory && contains(other, from)) return -EINVAL;
  // Each entry's use of its node, and each directory's of its parent, goes along.
  from->subdirectories -= moved->is_directory;
  to->subdirectories -= other->is_directory;
  if (moved->is_directory != other->is_directory) {
    // One directory changes its parent, so one use does.
    node_use(moved->is_directory ? to : from);
    node_release(moved->is_directory ? from : to);
  }
  put_node(to, second, moved);
  put_node(from, first, other);
  return 0;
}

int tree_walk(const char* path, struct node** node) {
  struct node* at = tree_root();
  char name[NAME_SIZE];
  while (*(path += strspn(path, "/"))) {
    const size_t length = strcspn(path, "/");
    if (!at->is_directory) return -ENOTDIR;
    if (length >= sizeof name) return -ENAMETOOLONG;
    memcpy(name, path, length);
    name[length] = 0;
    const struct entry* const entry = tree_find(at, name);
    if (!entry) return -ENOENT;
    at = entry->node;
    path += length;
  }
  *node = at;
  return 0;
}

int tree_walk_to_parent(const char* path, struct node** directory, char name[NAME_SIZE]) {
  char parent[4096];
  snprintf(parent, sizeof parent, "%s", path);
  char* const slash = strrchr(parent, '/');
  if (!slash || !slash[1]) return -EEXIST;
  if (strlen(slash + 1) >= NAME_SIZE) return -ENAMETOOLONG;
  strcpy(name, slash + 1);
  *slash = 0;
  const int error = tree_walk(parent, directory);
  if (error) return error;
  return (*directory)->is_directory ? 0 : -ENOTDIR;
}

int file_resize(struct node* file, uint64_t size) {
  const int error = contents_resize(&file->contents, size);
  if (error == 0) file->modified = file->changed = current_time();
  return error;
}

int tree_path(const struct node* directory, char* path, size_t size) {
  // From the end to the beginning.
  size_t begin = size - 1;
  path[begin] = 0;
  for (; directory != &root; directory = directory->parent) {
    if (tree_is_removed(directory)) return -ENOENT;
    const struct entry* entry = directory->parent->entries;
    while (entry->node != directory) entry = entry->next;
    const size_t length = strlen(entry->name) + 1;
    if (length > begin) return -ERANGE;
    begin -= length;
    path[begin] = '/';
    memcpy(path + begin + 1, entry->name, length - 1);
  }
  memmove(path, path + begin, size - begin);
  return 0;
}

// The directory beneath `from` that has a name of a node.
static const struct node* find_directory(const struct node* from, const struct node* node,
                                         const struct entry** found) {
  for (const struct entry* entry = from->entries; entry; entry = entry->next) {
    if (entry->node == node) {
      *found = entry;
      return from;
    }
    const struct node* const directory = find_directory(entry->node, node, found);
    if (directory) return directory;
  }
  return NULL;
}

int tree_find_path(const struct node* node, char* path, size_t size) {
  if (node->is_directory) return tree_path(node, path, size);
  const struct entry* entry;
  const struct node* const directory = find_directory(&root, node, &entry);
  if (!directory) return -ENOENT;
  const int error = tree_path(directory, path, size);
  const size_t length = strlen(path);
  if (error) return error;
  if (length + 1 + strlen(entry->name) >= size) return -ERANGE;
  snprintf(path + length, size - length, "/%s", entry->name);
  return 0;
}
