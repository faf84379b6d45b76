// What is known of a file, as system calls tell it. Structures are the kernel's for x86-64, whose
// layouts guests have.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "imfs.h"

#define DEVICE_MINOR 0xfe  // no device's
#define MAGIC 0x01021994   // that of tmpfs, which is what this comes closest to

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
  if (!node->is_directory) return node->names;
  return tree_is_removed(node) ? 0 : 2 + node->subdirectories;
}

int put_status(const struct grate_call* call, int argument, const struct node* node) {
  const struct kernel_stat status = {
      .device = DEVICE_MINOR,
      .inode = node->inode,
      .links = links(node),
      .mode = node->mode,
      .owner = node->owner,
      .group = node->group,
      .size = (int64_t)tree_size(node),
      .block_size = BLOCK_SIZE,
      .blocks = (int64_t)contents_blocks(&node->contents),
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
      .stx_size = tree_size(node),
      .stx_blocks = contents_blocks(&node->contents),
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
      .blocks = (int64_t)(contents_limit / BLOCK_SIZE),
      .free = (int64_t)(contents_free() / BLOCK_SIZE),
      .available = (int64_t)(contents_free() / BLOCK_SIZE),
      .name_length = NAME_SIZE - 1,
      .fragment_size = BLOCK_SIZE,
  };
  return grate_put(call, argument, &status, sizeof status);
}

// The C library for 32 bits leaves anything in the upper half of the smaller number.
static void narrow(struct kernel_time* time) { time->nanoseconds = (int32_t)time->nanoseconds; }

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

// What a call says of times, of whatever form. 0 or -errno.
static int get_times(const struct grate_call* call, int argument, struct kernel_time times[2]) {
  if (call->args[argument] == 0) {
    times[0] = times[1] = (struct kernel_time){0, UTIME_NOW};
    return 0;
  }
  if (call->number == SYS_utime) {
    int64_t seconds[2];
    const int error = grate_get(call, argument, seconds, sizeof seconds);
    for (int i = 0; i < 2; ++i) times[i] = (struct kernel_time){seconds[i], 0};
    return error;
  }
  const int error = grate_get(call, argument, times, 2 * sizeof *times);
  for (int i = 0; error == 0 && i < 2; ++i) narrow(&times[i]);
  if (error || call->number == SYS_utimensat) return error;
  for (int i = 0; i < 2; ++i) {
    if (times[i].nanoseconds < 0 || times[i].nanoseconds >= 1000000) return -EINVAL;
    times[i].nanoseconds *= 1000;  // they were microseconds
  }
  return 0;
}

long long set_times(const struct grate_call* call, struct node* node) {
  const bool has_directory = call->number == SYS_utimensat || call->number == SYS_futimesat;
  struct kernel_time wanted[2];
  int error = get_times(call, has_directory ? 2 : 1, wanted);
  if (error) return error;
  struct timespec accessed = node->accessed, modified = node->modified;
  if (choose_time(&accessed, wanted[0]) != 0 || choose_time(&modified, wanted[1]) != 0) {
    return -EINVAL;
  }
  const bool is_now = wanted[0].nanoseconds == UTIME_NOW && wanted[1].nanoseconds == UTIME_NOW;
  error = check_owner(node);
  if (error && (!is_now || check_access(node, W_OK) != 0)) return is_now ? -EACCES : error;
  node->accessed = accessed;
  node->modified = modified;
  node->changed = current_time();
  return 0;
}
