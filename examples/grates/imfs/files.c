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

#include "imfs.h"

#define MAX_TRANSFER ((uint64_t)0x7ffff000)  // as Linux

// ---- descriptors

static void use_file(void* value) { ++((struct open_file*)value)->references; }

static void release_file(void* value) {
  struct open_file* const file = value;
  if (--file->references > 0) return;
  node_release(file->node);
  free(file);
}

const struct descriptor_kind file_kind = {use_file, release_file};

// ---- transfers

struct transfer {
  bool writes, is_vector, has_offset;
};

static bool find_transfer(int number, struct transfer* transfer) {
  switch (number) {
    case SYS_read:
      *transfer = (struct transfer){0};
      return true;
    case SYS_write:
      *transfer = (struct transfer){.writes = true};
      return true;
    case SYS_readv:
      *transfer = (struct transfer){.is_vector = true};
      return true;
    case SYS_writev:
      *transfer = (struct transfer){.writes = true, .is_vector = true};
      return true;
    case SYS_pread64:
      *transfer = (struct transfer){.has_offset = true};
      return true;
    case SYS_pwrite64:
      *transfer = (struct transfer){.writes = true, .has_offset = true};
      return true;
    case SYS_preadv:
    case SYS_preadv2:
      *transfer = (struct transfer){.is_vector = true, .has_offset = true};
      return true;
    case SYS_pwritev:
    case SYS_pwritev2:
      *transfer = (struct transfer){.writes = true, .is_vector = true, .has_offset = true};
      return true;
    default:
      return false;
  }
}

// How much a call's buffers hold.
static long long transfer_size(const struct grate_call* call, bool is_vector) {
  if (!is_vector) {
    const uint64_t size = (uint32_t)call->args[2];
    return (long long)(size < MAX_TRANSFER ? size : MAX_TRANSFER);
  }
  return grate_vector_size(call, 1);
}

static long long read_file(const struct grate_call* call, struct open_file* file, uint64_t offset,
                           bool is_vector) {
  const struct node* const node = file->node;
  const long long all = transfer_size(call, is_vector);
  if (all < 0) return all;
  if (offset >= node->size) return 0;
  const size_t left = node->size - (size_t)offset;
  if (is_vector) return grate_scatter(call, 1, node->data + offset, left);
  const uint64_t wanted = (uint32_t)call->args[2];
  const size_t size = wanted < left ? (size_t)wanted : left;
  const int error = grate_put(call, 1, node->data + offset, size);
  return error ? error : (long long)size;
}

static long long write_file(const struct grate_call* call, struct open_file* file, uint64_t offset,
                            bool is_vector) {
  struct node* const node = file->node;
  const long long size = transfer_size(call, is_vector);
  if (size <= 0) return size;
  if (offset > INT64_MAX - (uint64_t)size) return -EFBIG;
  const int error = file_reserve(node, offset + (uint64_t)size);
  if (error) return error;
  char* const to = node->data + offset;
  long long written = size;
  if (is_vector) {
    written = grate_gather(call, 1, to, (size_t)size);
  } else {
    const int failed = grate_get(call, 1, to, (size_t)size);
    if (failed) written = failed;
  }
  const uint64_t end = offset + (written > 0 ? (uint64_t)written : 0);
  // What a failed copy left behind the end.
  const uint64_t dirty = end > node->size ? end : node->size;
  if (offset + (uint64_t)size > dirty) {
    memset(node->data + dirty, 0, (size_t)(offset + (uint64_t)size - dirty));
  }
  if (written <= 0) return written;
  if (end > node->size) node->size = (size_t)end;
  node->modified = node->changed = current_time();
  return written;
}

static long long transfer_data(const struct grate_call* call, struct open_file* file,
                               struct transfer transfer) {
  const int mode = file->flags & O_ACCMODE;
  if (file->flags & O_PATH || mode == (transfer.writes ? O_RDONLY : O_WRONLY)) return -EBADF;
  if (file->node->is_directory) return -EISDIR;
  // As in the x32 form, -1 of preadv2 is the file's own offset.
  const bool own_offset =
      !transfer.has_offset || ((call->number == SYS_preadv2 || call->number == SYS_pwritev2) &&
                               (int64_t)call->args[3] == -1);
  uint64_t offset = own_offset ? file->offset : call->args[3];
  if ((int64_t)offset < 0) return -EINVAL;
  if (transfer.writes && file->flags & O_APPEND) offset = file->node->size;
  const long long result = transfer.writes ? write_file(call, file, offset, transfer.is_vector)
                                           : read_file(call, file, offset, transfer.is_vector);
  if (result > 0 && own_offset) file->offset = offset + (uint64_t)result;
  return result;
}

static long long seek(struct open_file* file, int64_t offset, int whence) {
  const int64_t size = (int64_t)file->node->size;
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
      // No holes but the one at the end.
      if (offset < 0 || offset >= size) return -ENXIO;
      if (whence == SEEK_HOLE) offset = size;
      break;
    default:
      return -EINVAL;
  }
  int64_t result;
  if (__builtin_add_overflow(base, offset, &result) || result < 0) return -EINVAL;
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

// A private copy: changes of the file are not seen, and those of the memory are not written.
static long long map(struct grate_call* call, struct open_file* file) {
  const uint32_t size = (uint32_t)call->args[1];
  const int protection = (int)call->args[2], flags = (int)call->args[3];
  const uint64_t offset = call->args[5];
  if (file->node->is_directory) return -ENODEV;
  const bool writes_back = (flags & MAP_TYPE) != MAP_PRIVATE && (protection & PROT_WRITE);
  if (writes_back) return -ENODEV;
  if ((file->flags & O_ACCMODE) == O_WRONLY) return -EACCES;
  if (offset % 4096 != 0) return -EINVAL;
  const uint64_t kept = MAP_FIXED | MAP_FIXED_NOREPLACE;
  uint64_t args[6] = {call->args[0],
                      size,
                      (uint64_t)(PROT_READ | PROT_WRITE),
                      ((uint64_t)flags & kept) | MAP_PRIVATE | MAP_ANONYMOUS,
                      (uint64_t)-1,
                      0};
  const long long address = grate_call_as(call, SYS_mmap, args);
  if (address < 0) return address;
  const size_t left = offset < file->node->size ? file->node->size - (size_t)offset : 0;
  struct grate_call mapped = *call;
  mapped.args[0] = (uint64_t)address;
  mapped.cages[0] = (uint64_t)call->cage;
  const int error =
      left ? grate_put(&mapped, 0, file->node->data + offset, left < size ? left : size) : 0;
  if (error) return error;
  if (protection != (PROT_READ | PROT_WRITE)) {
    grate_call_as(call, SYS_mprotect, (uint64_t[6]){(uint64_t)address, size, (uint64_t)protection});
  }
  return address;
}

static long long control(struct grate_call* call, struct open_file* file) {
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
      return -ENOLCK;
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
    case FIONREAD: {
      const uint64_t left = file->offset < file->node->size ? file->node->size - file->offset : 0;
      const int32_t answer = left < INT32_MAX ? (int32_t)left : INT32_MAX;
      return grate_put(call, 2, &answer, sizeof answer);
    }
    default:
      return -ENOTTY;
  }
}

static long long allocate(const struct grate_call* call, struct open_file* file) {
  const int mode = (int)call->args[1];
  const int64_t offset = (int64_t)call->args[2], length = (int64_t)call->args[3];
  if (file->node->is_directory || (file->flags & O_ACCMODE) == O_RDONLY) return -EBADF;
  if (offset < 0 || length <= 0 || offset > INT64_MAX - length) return -EINVAL;
  const uint64_t end = (uint64_t)(offset + length);
  struct node* const node = file->node;
  if (mode == 0) return end > node->size ? file_resize(node, end) : 0;
  if (mode == FALLOC_FL_KEEP_SIZE) return file_reserve(node, end);
  const bool clears = (mode & ~FALLOC_FL_KEEP_SIZE) == FALLOC_FL_ZERO_RANGE ||
                      mode == (FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE);
  if (!clears) return -EOPNOTSUPP;
  if ((uint64_t)offset < node->size) {
    const uint64_t last = end < node->size ? end : node->size;
    memset(node->data + offset, 0, (size_t)(last - (uint64_t)offset));
  }
  if (!(mode & FALLOC_FL_KEEP_SIZE) && end > node->size) return file_resize(node, end);
  return 0;
}

static long long resize(const struct grate_call* call, struct open_file* file) {
  if (file->node->is_directory || (file->flags & O_ACCMODE) == O_RDONLY) return -EINVAL;
  if ((int64_t)call->args[1] < 0) return -EINVAL;
  return file_resize(file->node, call->args[1]);
}

static long long change_directory(struct process* process, struct open_file* file) {
  if (!file->node->is_directory) return -ENOTDIR;
  struct node* const old = process->directory;
  process->directory = node_use(file->node);
  if (old) node_release(old);
  return 0;
}

// What O_PATH descriptors can do.
static bool is_for_paths(int number) {
  switch (number) {
    case SYS_fstat:
    case SYS_newfstatat:
    case SYS_statx:
    case SYS_fstatfs:
    case SYS_fchdir:
    case SYS_fcntl:
    case SYS_fchownat:
      return true;
    default:
      return false;
  }
}

long long call_on_file(struct grate_call* call, struct process* process, int argument,
                       struct open_file* file) {
  const bool changes = call->number == SYS_fcntl && (int)call->args[1] > F_GETFL;
  if (file->flags & O_PATH && (changes || !is_for_paths(call->number))) return -EBADF;
  struct transfer transfer;
  if (argument == 0 && find_transfer(call->number, &transfer)) {
    return transfer_data(call, file, transfer);
  }
  if (call->number == SYS_mmap) {
    return call->args[3] & MAP_ANONYMOUS ? grate_forward(call) : map(call, file);
  }
  if (call->number == SYS_epoll_ctl && argument == 2) return -EPERM;  // as of files on a disk
  if (argument != 0) return call->number == SYS_copy_file_range ? -EXDEV : -EINVAL;
  struct node* const node = file->node;
  switch (call->number) {
    case SYS_fcntl:
      return control(call, file);
    case SYS_ioctl:
      return device_control(call, file);
    case SYS_lseek:
      if (node->is_directory && (int)call->args[2] == SEEK_END) return -EINVAL;
      return seek(file, (int64_t)call->args[1], (int)call->args[2]);
    case SYS_getdents64:
      return list(call, file);
    case SYS_fstat:
      return put_status(call, 1, node);
    case SYS_newfstatat:
      return put_status(call, 2, node);
    case SYS_statx:
      return put_statx(call, 4, node);
    case SYS_fstatfs:
      return put_file_system(call, 1);
    case SYS_ftruncate:
      return resize(call, file);
    case SYS_fallocate:
      return allocate(call, file);
    case SYS_fchdir:
      return change_directory(process, file);
    case SYS_fchmod:
      set_mode(node, call->args[1]);
      return 0;
    case SYS_fchown:
      set_owner(node, call->args[1], call->args[2]);
      return 0;
    case SYS_fchownat:
      set_owner(node, call->args[2], call->args[3]);
      return 0;
    case SYS_utimensat:
      return set_times(call, 2, node);
    // There is nothing that could be written back.
    case SYS_fsync:
    case SYS_fdatasync:
    case SYS_syncfs:
    case SYS_sync_file_range:
    case SYS_fadvise64:
    case SYS_readahead:
      return 0;
    case SYS_flock:
      return -ENOLCK;
    case SYS_fgetxattr:
    case SYS_fsetxattr:
    case SYS_flistxattr:
    case SYS_fremovexattr:
      return -EOPNOTSUPP;
    case SYS_copy_file_range:
      return -EXDEV;  // programs then read and write
    default:
      return -EINVAL;
  }
}
