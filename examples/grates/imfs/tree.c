#define _GNU_SOURCE
#include "tree.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

size_t tree_limit = (size_t)1 << 30;
uid_t tree_owner;
gid_t tree_group;

static size_t used;  // capacities of all files
static uint64_t last_inode, last_position;
static struct node root = {
    .references = 1, .is_directory = true, .inode = 1, .mode = S_IFDIR | 0777};

size_t tree_free(void) { return tree_limit - used; }

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
  used -= node->capacity;
  free(node->data);
  free(node);
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
    node->parent = directory;
    ++directory->subdirectories;
  }
  touch(directory);
  return 0;
}

static void remove_entry(struct node* directory, struct entry* entry) {
  struct entry** place = &directory->entries;
  while (*place != entry) place = &(*place)->next;
  *place = entry->next;
  --entry->node->names;
  if (entry->node->is_directory) {
    entry->node->parent = NULL;
    --directory->subdirectories;
  }
  entry->node->changed = current_time();
  touch(directory);
  node_release(entry->node);
  free(entry);
}

int tree_make(struct node* directory, const char* name, mode_t mode, struct node** made) {
  if (directory != &root && !directory->parent) return -ENOENT;  // removed
  if (strlen(name) >= NAME_SIZE) return -ENAMETOOLONG;
  if (tree_find(directory, name)) return -EEXIST;
  struct node* const node = calloc(1, sizeof *node);
  if (!node) return -ENOSPC;
  node->references = 1;
  node->is_directory = S_ISDIR(mode);
  node->inode = ++last_inode;
  node->owner = tree_owner;
  node->group = tree_group;
  node->mode = mode;
  node->accessed = node->modified = node->changed = current_time();
  if (add_entry(directory, name, node) != 0) {
    free(node);
    return -ENOSPC;
  }
  *made = node_use(node);
  return 0;
}

int tree_make_link(struct node* directory, const char* name, const char* target) {
  struct node* link;
  int error = tree_make(directory, name, S_IFLNK | 0777, &link);
  if (error) return error;
  const size_t size = strlen(target);
  error = file_reserve(link, size);
  if (error == 0) {
    memcpy(link->data, target, size);
    link->size = size;
  } else {
    tree_unlink(directory, name, false);
  }
  node_release(link);
  return error;
}

int tree_add_name(struct node* directory, const char* name, struct node* file) {
  if (file->is_directory) return -EPERM;
  if (directory != &root && !directory->parent) return -ENOENT;
  if (strlen(name) >= NAME_SIZE) return -ENAMETOOLONG;
  if (tree_find(directory, name)) return -EEXIST;
  node_use(file);
  const int error = add_entry(directory, name, file);
  if (error) node_release(file);
  file->changed = current_time();
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
  if (to != &root && !to->parent) return -ENOENT;
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
  if (node->is_directory) node->parent = to;
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

int file_reserve(struct node* file, uint64_t size) {
  if (size <= file->capacity) return 0;
  if (size > tree_limit) return -ENOSPC;
  // Twice as much, so that a file that grows is copied a few times only.
  size_t capacity = file->capacity < 2048 ? 4096 : file->capacity * 2;
  if (capacity < size) capacity = (size_t)size;
  if (capacity > tree_limit - (used - file->capacity)) capacity = (size_t)size;
  if (capacity > tree_limit - (used - file->capacity)) return -ENOSPC;
  char* const data = realloc(file->data, capacity);
  if (!data) return -ENOSPC;
  memset(data + file->capacity, 0, capacity - file->capacity);
  used += capacity - file->capacity;
  file->data = data;
  file->capacity = capacity;
  return 0;
}

int file_resize(struct node* file, uint64_t size) {
  const int error = file_reserve(file, size);
  if (error) return error;
  if (size < file->size) memset(file->data + size, 0, file->size - (size_t)size);
  file->size = (size_t)size;
  file->modified = file->changed = current_time();
  return 0;
}

int tree_path(const struct node* directory, char* path, size_t size) {
  // From the end to the beginning.
  size_t begin = size - 1;
  path[begin] = 0;
  for (; directory != &root; directory = directory->parent) {
    if (!directory->parent) return -ENOENT;
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
