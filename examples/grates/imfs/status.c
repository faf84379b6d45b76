// What is known of a file, as system calls tell it. Structures are the kernel's for x86-64, whose
// layouts guests have.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "imfs.h"

#define DEVICE_MINOR 0xfe  // no device's
#define BLOCK_SIZE 4096
#define MAGIC 0x01021994  // that of tmpfs, which is what this comes closest to

struct kernel_time {
  int64_t seconds, nanoseconds;
};

struct kernel_stat {
  uint64_t device, inode, links;
  uint32_t mode, owner, group, padding;
  uint64_t special_device;
  int64_t size, block_size, blocks;
  struct kernel_time accessed, modified, changed;
  int64_t reserved[3];
};
_Static_assert(sizeof(struct kernel_stat) == 144, "the kernel's layout");

struct kernel_statfs {
  int64_t type, block_size, blocks, free, available, files, free_files;
  int32_t id[2];
  int64_t name_length, fragment_size, flags, spare[4];
};
_Static_assert(sizeof(struct kernel_statfs) == 120, "the kernel's layout");

static struct kernel_time to_kernel(struct timespec time) {
  return (struct kernel_time){time.tv_sec, time.tv_nsec};
}

static unsigned links(const struct node* node) {
  return node->is_directory ? 2 + node->subdirectories : node->names;
}

static uint64_t blocks(const struct node* node) { return (node->size + 511) / 512; }

int put_status(const struct grate_call* call, int argument, const struct node* node) {
  const struct kernel_stat status = {
      .device = DEVICE_MINOR,
      .inode = node->inode,
      .links = links(node),
      .mode = node->mode,
      .owner = node->owner,
      .group = node->group,
      .size = (int64_t)node->size,
      .block_size = BLOCK_SIZE,
      .blocks = (int64_t)blocks(node),
      .accessed = to_kernel(node->accessed),
      .modified = to_kernel(node->modified),
      .changed = to_kernel(node->changed),
  };
  return grate_put(call, argument, &status, sizeof status);
}

static struct statx_timestamp to_statx(struct timespec time) {
  return (struct statx_timestamp){.tv_sec = time.tv_sec, .tv_nsec = (uint32_t)time.tv_nsec};
}

int put_statx(const struct grate_call* call, int argument, const struct node* node) {
  const struct statx status = {
      .stx_mask = STATX_BASIC_STATS,
      .stx_blksize = BLOCK_SIZE,
      .stx_nlink = links(node),
      .stx_uid = node->owner,
      .stx_gid = node->group,
      .stx_mode = (uint16_t)node->mode,
      .stx_ino = node->inode,
      .stx_size = node->size,
      .stx_blocks = blocks(node),
      .stx_atime = to_statx(node->accessed),
      .stx_mtime = to_statx(node->modified),
      .stx_ctime = to_statx(node->changed),
      .stx_dev_minor = DEVICE_MINOR,
  };
  return grate_put(call, argument, &status, sizeof status);
}

int put_file_system(const struct grate_call* call, int argument) {
  const struct kernel_statfs status = {
      .type = MAGIC,
      .block_size = BLOCK_SIZE,
      .blocks = (int64_t)(tree_limit / BLOCK_SIZE),
      .free = (int64_t)(tree_free() / BLOCK_SIZE),
      .available = (int64_t)(tree_free() / BLOCK_SIZE),
      .name_length = NAME_SIZE - 1,
      .fragment_size = BLOCK_SIZE,
  };
  return grate_put(call, argument, &status, sizeof status);
}

static int choose_time(struct timespec* time, struct kernel_time wanted) {
  if (wanted.nanoseconds == UTIME_OMIT) return 0;
  if (wanted.nanoseconds == UTIME_NOW) {
    *time = current_time();
    return 0;
  }
  if (wanted.nanoseconds < 0 || wanted.nanoseconds > 999999999) return -EINVAL;
  *time = (struct timespec){.tv_sec = wanted.seconds, .tv_nsec = (long)wanted.nanoseconds};
  return 0;
}

long long set_times(const struct grate_call* call, int argument, struct node* node) {
  struct kernel_time wanted[2] = {{0, UTIME_NOW}, {0, UTIME_NOW}};
  if (call->args[argument]) {
    const int error = grate_get(call, argument, wanted, sizeof wanted);
    if (error) return error;
  }
  struct timespec accessed = node->accessed, modified = node->modified;
  if (choose_time(&accessed, wanted[0]) != 0 || choose_time(&modified, wanted[1]) != 0) {
    return -EINVAL;
  }
  node->accessed = accessed;
  node->modified = modified;
  node->changed = current_time();
  return 0;
}

void set_mode(struct node* node, uint64_t mode) {
  node->mode = (node->mode & S_IFMT) | ((mode_t)mode & 01777);
  node->changed = current_time();
}

void set_owner(struct node* node, uint64_t owner, uint64_t group) {
  if ((uid_t)owner != (uid_t)-1) node->owner = (uid_t)owner;
  if ((gid_t)group != (gid_t)-1) node->group = (gid_t)group;
  node->changed = current_time();
}
