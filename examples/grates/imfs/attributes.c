#define _GNU_SOURCE
#include "attributes.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/xattr.h>

#define LARGEST_VALUE 65536
#define LARGEST_NAME 255
#define LARGEST_SUM 65536  // of a node's names and values

struct attribute {
  struct attribute* next;
  size_t size;  // of the value
  char name[LARGEST_NAME + 1];
  char value[];
};

static struct attribute** find(struct node* node, const char* name) {
  struct attribute** place = &node->attributes;
  while (*place && strcmp((*place)->name, name) != 0) place = &(*place)->next;
  return place;
}

static size_t sum(const struct node* node) {
  size_t all = 0;
  for (const struct attribute* at = node->attributes; at; at = at->next) {
    all += at->size + strlen(at->name) + 1;
  }
  return all;
}

static int get_name(const struct grate_call* call, char name[LARGEST_NAME + 1]) {
  const int length = grate_get_string(call, 1, name, LARGEST_NAME + 1);
  if (length == -ENAMETOOLONG || length == 0) return -ERANGE;
  return length < 0 ? length : 0;
}

// Whether the node may have an attribute of this name at all. `missing` is what one that cannot be
// there gives.
static int check(const struct node* node, const char* name, int missing) {
  if (strncmp(name, "trusted.", 8) == 0 || strncmp(name, "security.", 9) == 0) return missing;
  if (strncmp(name, "user.", 5) != 0) return -EOPNOTSUPP;
  if (name[5] == 0) return -EINVAL;
  return S_ISREG(node->mode) || S_ISDIR(node->mode) ? 0 : missing;
}

static long long set(const struct grate_call* call, struct node* node) {
  const uint32_t size = (uint32_t)call->args[3];
  const int flags = (int)call->args[4];
  char name[LARGEST_NAME + 1];
  if (flags & ~(XATTR_CREATE | XATTR_REPLACE)) return -EINVAL;
  int error = get_name(call, name);
  if (error) return error;
  if (size > LARGEST_VALUE) return -E2BIG;
  struct attribute* const made = malloc(sizeof *made + size);
  if (!made) return -ENOSPC;
  made->size = size;
  strcpy(made->name, name);
  if (size) error = grate_get(call, 2, made->value, size);
  if (error == 0) error = check(node, name, -EPERM);
  struct attribute** const place = find(node, name);
  struct attribute* const old = *place;
  if (error == 0 && old && flags & XATTR_CREATE) error = -EEXIST;
  if (error == 0 && !old && flags & XATTR_REPLACE) error = -ENODATA;
  if (error == 0 && sum(node) + size + strlen(name) + 1 > LARGEST_SUM + (old ? old->size : 0)) {
    error = -ENOSPC;
  }
  if (error) {
    free(made);
    return error;
  }
  made->next = old ? old->next : NULL;
  *place = made;
  free(old);
  node->changed = current_time();
  return 0;
}

// Of a buffer of size 0 the size that is needed.
static long long put(const struct grate_call* call, int buffer, const char* from, size_t size) {
  const uint32_t room = (uint32_t)call->args[buffer + 1];
  if (room == 0) return (long long)size;
  if (size > room) return -ERANGE;
  const int error = grate_put(call, buffer, from, size);
  return error ? error : (long long)size;
}

static long long get(const struct grate_call* call, struct node* node) {
  char name[LARGEST_NAME + 1];
  int error = get_name(call, name);
  if (error == 0) error = check(node, name, -ENODATA);
  if (error) return error;
  const struct attribute* const found = *find(node, name);
  return found ? put(call, 2, found->value, found->size) : -ENODATA;
}

static long long list(const struct grate_call* call, struct node* node) {
  char* const names = malloc(sum(node) + 1);
  if (!names) return -ENOMEM;
  size_t size = 0;
  for (const struct attribute* at = node->attributes; at; at = at->next) {
    strcpy(names + size, at->name);
    size += strlen(at->name) + 1;
  }
  const long long result = put(call, 1, names, size);
  free(names);
  return result;
}

static long long drop(const struct grate_call* call, struct node* node) {
  char name[LARGEST_NAME + 1];
  int error = get_name(call, name);
  if (error == 0) error = check(node, name, -EPERM);
  if (error) return error;
  struct attribute** const place = find(node, name);
  struct attribute* const found = *place;
  if (!found) return -ENODATA;
  *place = found->next;
  free(found);
  node->changed = current_time();
  return 0;
}

long long attributes_call(const struct grate_call* call, struct node* node) {
  switch (call->number) {
    case SYS_setxattr:
    case SYS_lsetxattr:
    case SYS_fsetxattr:
      return set(call, node);
    case SYS_getxattr:
    case SYS_lgetxattr:
    case SYS_fgetxattr:
      return get(call, node);
    case SYS_listxattr:
    case SYS_llistxattr:
    case SYS_flistxattr:
      return list(call, node);
    default:
      return drop(call, node);
  }
}

void attributes_release(struct node* node) {
  while (node->attributes) {
    struct attribute* const first = node->attributes;
    node->attributes = first->next;
    free(first);
  }
}
