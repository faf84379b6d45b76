// Between this file system and the one that the grate itself sees.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "imfs.h"
#include "store.h"

static const char* source;

static int complain(const char* path) {
  fprintf(stderr, "%s: %s: %s\n", program_invocation_short_name, path, strerror(errno));
  return -1;
}

static int load_contents(const char* path, struct node* file) {
  char buffer[65536];
  const int descriptor = open(path, O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return complain(path);
  int result = 0;
  ssize_t got;
  struct contents* const contents = &file->contents;
  while ((got = read(descriptor, buffer, sizeof buffer)) > 0) {
    errno = -contents_reserve(contents, contents->size, (uint64_t)got);
    if (errno) break;
    contents_put(contents, contents->size, buffer, (size_t)got);
    contents->size += (uint64_t)got;
  }
  if (got != 0) result = complain(path);
  close(descriptor);
  return result;
}

static int load_link(const char* path, struct node* directory, const char* name) {
  char target[PATH_SIZE];
  const ssize_t size = readlink(path, target, sizeof target - 1);
  if (size < 0) return complain(path);
  target[size] = 0;
  errno = -tree_make_link(directory, name, target);
  return errno ? complain(path) : 0;
}

static int load_one(const char* path, const struct stat* status, int type, struct FTW* position) {
  (void)position;
  const char* const name = path + strlen(source);
  if (type == FTW_DNR || type == FTW_NS) {
    errno = EACCES;
    return complain(path);
  }
  const bool is_known = S_ISDIR(status->st_mode) || S_ISREG(status->st_mode) ||
                        S_ISLNK(status->st_mode) || S_ISFIFO(status->st_mode);
  if (*name == 0 || !is_known) return 0;
  struct node *directory, *node;
  char last[NAME_SIZE];
  int error = tree_walk_to_parent(name, &directory, last);
  if (error == 0 && S_ISLNK(status->st_mode)) return load_link(path, directory, last);
  if (error == 0) error = tree_make(directory, last, status->st_mode & (S_IFMT | 01777), &node);
  if (error == 0 && S_ISFIFO(status->st_mode)) {
    node->fifo = store_make_fifo();
    if (!node->fifo) error = -ENOSPC;
  }
  if (error) {
    errno = -error;
    return complain(path);
  }
  const int result = S_ISREG(status->st_mode) ? load_contents(path, node) : 0;
  node->modified = status->st_mtim;
  node_release(node);
  return result;
}

int load_tree(const char* directory) {
  struct stat status;
  if (stat(directory, &status) != 0) return complain(directory);
  if (!S_ISDIR(status.st_mode)) {
    errno = ENOTDIR;
    return complain(directory);
  }
  source = directory;
  return nftw(directory, load_one, 16, FTW_PHYS);
}

// Holes stay holes.
static int dump_contents(int descriptor, const struct contents* contents) {
  if (ftruncate(descriptor, (off_t)contents->size) != 0) return -1;
  for (uint64_t at = 0; at < contents->size;) {
    const uint64_t left = contents->size - at;
    char* data;
    size_t piece = contents_piece(contents, at, left < SIZE_MAX ? (size_t)left : SIZE_MAX, &data);
    if (data) {
      const ssize_t put = pwrite(descriptor, data, piece, (off_t)at);
      if (put < 0) return -1;
      piece = (size_t)put;
    }
    at += piece;
  }
  return 0;
}

static int dump_file(int parent, const char* name, const struct node* file) {
  const int descriptor = openat(parent, name, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC,
                                file->mode & 0777);
  if (descriptor < 0) return complain(name);
  int result = dump_contents(descriptor, &file->contents);
  if (close(descriptor) != 0) result = -1;
  return result == 0 ? 0 : complain(name);
}

static int dump_link(int parent, const char* name, const struct node* link) {
  unlinkat(parent, name, 0);
  return symlinkat(link->target, parent, name) == 0 ? 0 : complain(name);
}

static int dump_fifo(int parent, const char* name, const struct node* fifo) {
  const int result = mkfifoat(parent, name, fifo->mode & 0777);
  return result == 0 || errno == EEXIST ? 0 : complain(name);
}

// One that is no directory. Sockets have no use without who listens.
static int dump_leaf(int parent, const char* name, const struct node* node) {
  if (node->target) return dump_link(parent, name, node);
  if (S_ISFIFO(node->mode)) return dump_fifo(parent, name, node);
  return S_ISREG(node->mode) ? dump_file(parent, name, node) : 0;
}

static int dump_node(int parent, const struct node* directory) {
  for (const struct entry* entry = directory->entries; entry; entry = entry->next) {
    if (!entry->node->is_directory) {
      if (dump_leaf(parent, entry->name, entry->node) != 0) return -1;
      continue;
    }
    if (mkdirat(parent, entry->name, entry->node->mode & 0777) != 0 && errno != EEXIST) {
      return complain(entry->name);
    }
    const int child = openat(parent, entry->name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (child < 0) return complain(entry->name);
    const int result = dump_node(child, entry->node);
    close(child);
    if (result != 0) return result;
  }
  return 0;
}

int dump_tree(const char* directory) {
  const int descriptor = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return complain(directory);
  const int result = dump_node(descriptor, tree_root());
  close(descriptor);
  return result;
}
