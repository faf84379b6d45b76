// Calls on descriptors of ours.
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "../common/cages.h"
#include "imfs.h"
#include "locks.h"
#include "store.h"

// ---- descriptors

static void use_file(void* value) { ++((struct open_file*)value)->references; }

void file_release(struct open_file* file) {
  if (--file->references > 0) return;
  locks_drop_file(file->node, file);
  node_release(file->node);
  free(file);
}

static void release_file(void* value) { file_release(value); }

// POSIX has a process lose its locks of a file with any descriptor of it.
static void close_descriptor(struct descriptors* table, void* value) {
  locks_drop_process(((struct open_file*)value)->node, (const struct process*)table);
}

const struct descriptor_kind file_kind = {use_file, release_file, close_descriptor};

// The descriptor that stands for a node in the process itself. Waits for the other end of a FIFO.
static long long make_descriptor(const struct grate_call* call, const struct node* node,
                                 int flags) {
  char path[PATH_SIZE] = "/";
  int given = O_PATH | (flags & O_CLOEXEC);
  if (node->fifo && !(flags & O_PATH)) {
    store_path(node->fifo, path, sizeof path);
    given = flags & ~(O_CREAT | O_EXCL | O_TRUNC);
  }
  const uint64_t args[6] = {(uint64_t)AT_FDCWD, (uintptr_t)path, (uint64_t)given};
  if (given & O_PATH) return grate_call_as(call, SYS_openat, args);
  cages_unlock();
  const long long descriptor = grate_call_as(call, SYS_openat, args);
  cages_lock();
  return descriptor;
}

long long open_node(const struct grate_call* call, struct node* node, int flags) {
  const long long descriptor = make_descriptor(call, node, flags);
  struct open_file* const file = descriptor < 0 ? NULL : calloc(1, sizeof *file);
  if (!file) {
    node_release(node);
    return descriptor < 0 ? descriptor : -ENOMEM;
  }
  const int kept = ~(O_CLOEXEC | O_CREAT | O_EXCL | O_TRUNC | O_NOCTTY);
  *file = (struct open_file){.references = 1, .node = node, .flags = flags & kept};
  struct process* const process = cage_state(call);
  const int error = descriptor_set(&process->files, (int)descriptor, file);
  return error ? error : descriptor;
}

// ---- positions

static long long seek(struct open_file* file, int64_t offset, int whence) {
  const int64_t size = (int64_t)file->node->contents.size;
  int64_t base = 0;
  switch (whence) {
    case SEEK_SET:
      break;
    case SEEK_CUR:
      base = (int64_t)file->offset;
      break;
    case SEEK_END:
      base = size;
      break;
    case SEEK_DATA:
    case SEEK_HOLE:
      if (offset < 0 || offset >= size) return -ENXIO;
      offset = (int64_t)contents_next(&file->node->contents, (uint64_t)offset, whence == SEEK_DATA);
      if (offset < 0 || offset > size) offset = size;
      if (whence == SEEK_DATA && offset == size) return -ENXIO;
      break;
    default:
      return -EINVAL;
  }
  int64_t result;
  if (__builtin_add_overflow(base, offset, &result) || result < 0) return -EINVAL;
  if (result > (int64_t)LARGEST_FILE) return -EINVAL;
  file->offset = (uint64_t)result;
  return result;
}

// ---- directories

struct record {
  uint64_t inode;
  int64_t next;
  uint16_t length;
  uint8_t type;
  char name[NAME_SIZE + 8];
};

// One entry; false if it has no room.
static bool put_record(char* buffer, size_t size, size_t* used, const struct node* node,
                       uint64_t next, const char* name) {
  const size_t length = (offsetof(struct record, name) + strlen(name) + 1 + 7) & ~(size_t)7;
  if (length > size - *used) return false;
  struct record record = {.inode = node->inode,
                          .next = (int64_t)next,
                          .length = (uint16_t)length,
                          .type = IFTODT(node->mode)};
  strcpy(record.name, name);
  memcpy(buffer + *used, &record, length);
  *used += length;
  return true;
}

// Positions 0 and 1 are those of `.` and `..`, then come the entries' own.
static long long list(const struct grate_call* call, struct open_file* file) {
  const struct node* const node = file->node;
  if (!node->is_directory) return -ENOTDIR;
  char buffer[4096];
  const size_t size =
      (uint32_t)call->args[2] < sizeof buffer ? (uint32_t)call->args[2] : sizeof buffer;
  size_t used = 0;
  uint64_t position = file->offset;
  bool fits = true;
  if (position < 1 && (fits = put_record(buffer, size, &used, node, 1, "."))) position = 1;
  const struct node* const parent = node->parent ? node->parent : node;
  if (fits && position < 2 && (fits = put_record(buffer, size, &used, parent, 2, ".."))) {
    position = 2;
  }
  for (const struct entry* entry = node->entries; fits && entry; entry = entry->next) {
    const uint64_t next = entry->position + 2;
    if (next <= position) continue;
    fits = put_record(buffer, size, &used, entry->node, next, entry->name);
    if (fits) position = next;
  }
  if (used == 0 && !fits) return -EINVAL;
  const int error = grate_put(call, 1, buffer, used);
  if (error) return error;
  file->offset = position;
  return (long long)used;
}

// ---- the rest

static long long control(struct grate_call* call, struct open_file* file, struct process* process) {
  switch ((int)call->args[1]) {
    case F_GETFD:
    case F_SETFD:
      return grate_forward(call);
    case F_GETFL:
      return file->flags;
    case F_SETFL: {
      const int changeable = O_APPEND | O_NONBLOCK | O_NOATIME;
      file->flags = (file->flags & ~changeable) | ((int)call->args[2] & changeable);
      return 0;
    }
    case F_GETLK:
    case F_SETLK:
    case F_SETLKW:
    case F_OFD_GETLK:
    case F_OFD_SETLK:
    case F_OFD_SETLKW:
      return lock_range(call, process, file);
    // Nothing ever sends a signal for a file.
    case F_GETOWN:
    case F_SETOWN:
    case F_SETOWN_EX:
      return 0;
    case F_GETOWN_EX: {
      const int32_t nobody[2] = {F_OWNER_PID, 0};
      return grate_put(call, 2, nobody, sizeof nobody);
    }
    case F_GETSIG:
      return file->signal;
    case F_SETSIG:
      if (call->args[2] > 64) return -EINVAL;
      file->signal = (int)call->args[2];
      return 0;
    case F_GETPIPE_SZ:
    case F_SETPIPE_SZ:
      return -EBADF;
    default:
      return -EINVAL;
  }
}

static long long device_control(struct grate_call* call, struct open_file* file) {
  switch ((unsigned)call->args[1]) {
    // A place-holder takes none of ioctl's.
    case FIOCLEX:
    case FIONCLEX:
      return grate_call_as(call, SYS_fcntl,
                           (uint64_t[6]){call->args[0], F_SETFD,
                                         (unsigned)call->args[1] == FIOCLEX ? FD_CLOEXEC : 0});
    case FIONBIO: {
      int32_t on;
      const int error = grate_get(call, 2, &on, sizeof on);
      if (error == 0) file->flags = on ? file->flags | O_NONBLOCK : file->flags & ~O_NONBLOCK;
      return error;
    }
    case FIONREAD: {
      if (file->node->is_directory) return -ENOTTY;
      const int64_t left = (int64_t)(file->node->contents.size - file->offset);
      const int32_t answer = left < INT32_MAX ? (int32_t)left : INT32_MAX;
      return grate_put(call, 2, &answer, sizeof answer);
    }
    default:
      return -ENOTTY;
  }
}

static bool may_write(const struct open_file* file) {
  const int mode = file->flags & O_ACCMODE;
  return mode == O_WRONLY || mode == O_RDWR;
}

static long long allocate(const struct grate_call* call, struct open_file* file) {
  const int mode = (int)call->args[1], keep = FALLOC_FL_KEEP_SIZE;
  const int64_t offset = (int64_t)call->args[2], length = (int64_t)call->args[3];
  struct node* const node = file->node;
  if (offset < 0 || length <= 0) return -EINVAL;
  const bool is_known = (mode & ~keep) == 0 || (mode & ~keep) == FALLOC_FL_ZERO_RANGE ||
                        mode == (FALLOC_FL_PUNCH_HOLE | keep);
  if (!is_known) return -EOPNOTSUPP;
  if (!may_write(file)) return -EBADF;
  if (node->is_directory) return -EISDIR;
  if ((uint64_t)offset > LARGEST_FILE || (uint64_t)length > LARGEST_FILE - (uint64_t)offset) {
    return -EFBIG;
  }
  const uint64_t end = (uint64_t)(offset + length);
  uint64_t grown = 1;
  int error = mode & keep ? 0 : check_limit(call, node, end - 1, &grown);
  if (error) return error;
  if (mode & (FALLOC_FL_PUNCH_HOLE | FALLOC_FL_ZERO_RANGE)) {
    contents_discard(&node->contents, (uint64_t)offset, (uint64_t)length);
  }
  if (!(mode & FALLOC_FL_PUNCH_HOLE)) {
    error = contents_reserve(&node->contents, (uint64_t)offset, (uint64_t)length);
  }
  if (error) return error;
  if (!(mode & keep) && end > node->contents.size) node->contents.size = end;
  node->modified = node->changed = current_time();
  return 0;
}

static long long resize(const struct grate_call* call, struct open_file* file) {
  const uint64_t size = call->args[1];
  uint64_t grown = 1;
  if (file->node->is_directory || !may_write(file) || (int64_t)size < 0) return -EINVAL;
  const int error =
      size > file->node->contents.size ? check_limit(call, file->node, size - 1, &grown) : 0;
  return error ? error : file_resize(file->node, size);
}

// There is nothing that could be written back.
static long long synchronise(const struct grate_call* call, const struct open_file* file) {
  const uint64_t* const args = call->args;
  const bool is_negative = (int64_t)args[1] < 0 || (int64_t)args[2] < 0;
  switch (call->number) {
    case SYS_sync_file_range:
      if (is_negative || (int64_t)(args[1] + args[2]) < 0 || args[3] & ~(uint64_t)7) return -EINVAL;
      return file->node->is_directory ? -ESPIPE : 0;
    case SYS_fadvise64:
      return (int64_t)args[2] < 0 || args[3] > POSIX_FADV_NOREUSE ? -EINVAL : 0;
    case SYS_readahead:
      if ((file->flags & O_ACCMODE) != O_RDONLY && (file->flags & O_ACCMODE) != O_RDWR)
        return -EBADF;
      return file->node->is_directory ? -EINVAL : 0;
    default:
      return 0;
  }
}

// What O_PATH descriptors can do.
static bool is_for_paths(const struct grate_call* call) {
  switch (call->number) {
    case SYS_fstat:
    case SYS_newfstatat:
    case SYS_statx:
    case SYS_fstatfs:
    case SYS_fchdir:
    case SYS_fchownat:
    case SYS_faccessat2:
    case SYS_readlinkat:
      return true;
    case SYS_fcntl:
      return (int)call->args[1] <= F_GETFL;
    default:
      return false;
  }
}

long long call_on_file(struct grate_call* call, struct process* process, int argument,
                       struct open_file* file) {
  if (file->flags & O_PATH && !is_for_paths(call)) return -EBADF;
  long long result;
  if (argument == 0 && call_transfer(call, file, &result)) return result;
  if (call->number == SYS_mmap) {
    return call->args[3] & MAP_ANONYMOUS ? grate_forward(call) : map_file(call, file);
  }
  if (call->number == SYS_epoll_ctl && argument == 2) return -EPERM;  // as of files on a disk
  if (argument != 0) return -EINVAL;
  switch (call->number) {
    case SYS_fcntl:
      return control(call, file, process);
    case SYS_ioctl:
      return device_control(call, file);
    case SYS_lseek:
      if (file->node->is_directory && (int)call->args[2] == SEEK_END) return -EINVAL;
      return seek(file, (int64_t)call->args[1], (int)call->args[2]);
    case SYS_getdents64:
      return list(call, file);
    case SYS_ftruncate:
      return resize(call, file);
    case SYS_fallocate:
      return allocate(call, file);
    case SYS_fsync:
    case SYS_fdatasync:
    case SYS_syncfs:
    case SYS_sync_file_range:
    case SYS_fadvise64:
    case SYS_readahead:
      return synchronise(call, file);
    case SYS_flock:
      return lock_whole_file(call, file);
    case SYS_vmsplice:
      return -EBADF;
    default:
      if (!is_for_nodes(call->number)) return -EINVAL;
      return call_on_node(call, process, file->node);
  }
}
