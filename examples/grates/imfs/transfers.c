// read, write and their relatives, of files of ours.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/uio.h>

#include "imfs.h"

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

static const char zeros[16 * BLOCK_SIZE];

// Where the bytes at `offset` can be read; of a hole, zeros.
static size_t readable_piece(const struct node* node, uint64_t offset, size_t size,
                             const char** data) {
  char* found;
  const size_t piece = contents_piece(&node->contents, offset, size, &found);
  *data = found ? found : zeros;
  return found || piece < sizeof zeros ? piece : sizeof zeros;
}

static long long read_vector(const struct grate_call* call, const struct node* node,
                             uint64_t offset, size_t size) {
  const char* data;
  if (readable_piece(node, offset, size, &data) == size) return grate_scatter(call, 1, data, size);
  char* const buffer = malloc(size);
  if (!buffer) return -ENOMEM;
  contents_get(&node->contents, offset, buffer, size);
  const long long result = grate_scatter(call, 1, buffer, size);
  free(buffer);
  return result;
}

static long long read_file(const struct grate_call* call, struct open_file* file, uint64_t offset,
                           bool is_vector) {
  const struct node* const node = file->node;
  const long long all = transfer_size(call, is_vector);
  if (all <= 0) return all;
  if (offset >= node->contents.size) return 0;
  const uint64_t left = node->contents.size - offset;
  const size_t size = (uint64_t)all < left ? (size_t)all : (size_t)left;
  if (is_vector) return read_vector(call, node, offset, size);
  const char* data;
  for (size_t done = 0, piece; done < size; done += piece) {
    piece = readable_piece(node, offset + done, size - done, &data);
    const int error = grate_put_at(call, 1, done, data, piece);
    if (error) return done ? (long long)done : error;
  }
  return (long long)size;
}

// Into room that there is.
static long long write_vector(const struct grate_call* call, struct node* node, uint64_t offset,
                              size_t size) {
  char* data;
  if (contents_piece(&node->contents, offset, size, &data) == size) {
    return grate_gather(call, 1, data, size);
  }
  char* const buffer = malloc(size);
  if (!buffer) return -ENOMEM;
  const long long result = grate_gather(call, 1, buffer, size);
  if (result > 0) contents_put(&node->contents, offset, buffer, (size_t)result);
  free(buffer);
  return result;
}

static long long write_bytes(const struct grate_call* call, struct node* node, uint64_t offset,
                             size_t size) {
  char* data;
  for (size_t done = 0, piece; done < size; done += piece) {
    piece = contents_piece(&node->contents, offset + done, size - done, &data);
    const int error = grate_get_at(call, 1, done, data, piece);
    if (error) return done ? (long long)done : error;
  }
  return (long long)size;
}

static long long write_file(const struct grate_call* call, struct open_file* file, uint64_t offset,
                            bool is_vector) {
  struct node* const node = file->node;
  const long long all = transfer_size(call, is_vector);
  if (all <= 0) return all;
  uint64_t size = (uint64_t)all;
  int error = check_limit(call, node, offset, &size);
  if (error == 0) error = contents_reserve(&node->contents, offset, size);
  if (error) return error;
  const long long written = is_vector ? write_vector(call, node, offset, (size_t)size)
                                      : write_bytes(call, node, offset, (size_t)size);
  const uint64_t end = offset + (written > 0 ? (uint64_t)written : 0);
  // What a failed copy left behind the end.
  const uint64_t dirty = end > node->contents.size ? end : node->contents.size;
  if (offset + size > dirty) contents_discard(&node->contents, dirty, offset + size - dirty);
  if (written <= 0) return written;
  if (end > node->contents.size) node->contents.size = end;
  node->modified = node->changed = current_time();
  return written;
}

#define KNOWN_FLAGS 0x3f  // of preadv2: RWF_HIPRI to RWF_NOAPPEND

static long long transfer_data(const struct grate_call* call, struct open_file* file,
                               struct transfer transfer) {
  const int mode = file->flags & O_ACCMODE;
  if (mode != O_RDWR && mode != (transfer.writes ? O_WRONLY : O_RDONLY)) return -EBADF;
  if (file->node->is_directory) return -EISDIR;
  const bool has_flags = call->number == SYS_preadv2 || call->number == SYS_pwritev2;
  const int flags = has_flags ? (int)call->args[4] : 0;
  if (flags & ~KNOWN_FLAGS) return -EOPNOTSUPP;
  // As in the x32 form, -1 of preadv2 is the file's own offset.
  const bool own_offset = !transfer.has_offset || (has_flags && (int64_t)call->args[3] == -1);
  uint64_t offset = own_offset ? file->offset : call->args[3];
  if ((int64_t)offset < 0) return -EINVAL;
  const bool appends = (file->flags & O_APPEND && !(flags & RWF_NOAPPEND)) || flags & RWF_APPEND;
  if (transfer.writes && appends) offset = file->node->contents.size;
  const long long result = transfer.writes ? write_file(call, file, offset, transfer.is_vector)
                                           : read_file(call, file, offset, transfer.is_vector);
  if (result > 0 && own_offset) file->offset = offset + (uint64_t)result;
  return result;
}

bool call_transfer(const struct grate_call* call, struct open_file* file, long long* result) {
  struct transfer transfer;
  if (!find_transfer(call->number, &transfer)) return false;
  *result = transfer_data(call, file, transfer);
  return true;
}
