// sendfile, copy_file_range, splice and tee where files of ours are among others. Data go through a
// buffer, and to and from the system's files by calls for the process, which may wait.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "../common/cages.h"
#include "imfs.h"

#define CHUNK 65536

// One of the two.
struct side {
  uint64_t descriptor;
  struct open_file* file;  // in use; null if it is the system's
  mode_t mode;             // with its type
  int flags;               // of open
  int offset_argument;     // -1: there is none
  bool has_offset;         // which is not the file's own
  uint64_t offset;
};

// The kernel's for x86-64, so far as it matters.
struct kernel_stat {
  uint64_t device, inode, links;
  uint32_t mode, rest[29];
};

// An end of a FIFO is one of the system's.
static struct open_file* find_own(const struct grate_call* call, uint64_t descriptor) {
  struct open_file* const file = find_file(cage_state(call), descriptor);
  return file && (!file->node->fifo || file->flags & O_PATH) ? file : NULL;
}

static int find_side(const struct grate_call* call, struct side* side) {
  struct open_file* const file = find_own(call, side->descriptor);
  if (file) {
    ++file->references;
    side->file = file;
    side->mode = file->node->mode;
    side->flags = file->flags;
  } else {
    struct kernel_stat status;
    const long long flags =
        grate_call_as(call, SYS_fcntl, (uint64_t[6]){side->descriptor, F_GETFL});
    if (flags < 0) return (int)flags;
    const long long error =
        grate_call_as(call, SYS_fstat, (uint64_t[6]){side->descriptor, (uintptr_t)&status});
    if (error) return (int)error;
    side->mode = status.mode;
    side->flags = (int)flags;
  }
  return 0;
}

static int check_modes(const struct side* in, const struct side* out) {
  const int reads = in->flags & O_ACCMODE, writes = out->flags & O_ACCMODE;
  if (in->flags & O_PATH || out->flags & O_PATH) return -EBADF;
  if (reads != O_RDONLY && reads != O_RDWR) return -EBADF;
  return writes != O_WRONLY && writes != O_RDWR ? -EBADF : 0;
}

static int find_offset(const struct grate_call* call, struct side* side) {
  side->has_offset = side->offset_argument >= 0 && call->args[side->offset_argument] != 0;
  if (side->has_offset) {
    const int error = grate_get(call, side->offset_argument, &side->offset, sizeof side->offset);
    if (error) return error;
    return (int64_t)side->offset < 0 ? -EINVAL : 0;
  }
  if (side->file) side->offset = side->file->offset;
  return 0;
}

static int put_offset(const struct grate_call* call, const struct side* side) {
  if (side->has_offset) {
    return grate_put(call, side->offset_argument, &side->offset, sizeof side->offset);
  }
  if (side->file) side->file->offset = side->offset;
  return 0;
}

static long long transfer(const struct grate_call* call, struct side* side, bool writes,
                          void* buffer, size_t size) {
  const int number =
      side->has_offset ? (writes ? SYS_pwrite64 : SYS_pread64) : (writes ? SYS_write : SYS_read);
  cages_unlock();
  const long long result = grate_call_as(
      call, number, (uint64_t[6]){side->descriptor, (uintptr_t)buffer, size, side->offset});
  cages_lock();
  if (result > 0 && side->has_offset) side->offset += (uint64_t)result;
  return result;
}

static long long read_side(const struct grate_call* call, struct side* side, void* buffer,
                           size_t size) {
  if (!side->file) return transfer(call, side, false, buffer, size);
  const struct contents* const contents = &side->file->node->contents;
  if (side->offset >= contents->size) return 0;
  const uint64_t left = contents->size - side->offset;
  if (size > left) size = (size_t)left;
  contents_get(contents, side->offset, buffer, size);
  side->offset += size;
  return (long long)size;
}

static long long write_side(const struct grate_call* call, struct side* side, void* buffer,
                            size_t size) {
  if (!side->file) return transfer(call, side, true, buffer, size);
  struct node* const node = side->file->node;
  if (side->flags & O_APPEND) side->offset = node->contents.size;
  uint64_t allowed = size;
  int error = check_limit(call, node, side->offset, &allowed);
  if (error == 0) error = contents_reserve(&node->contents, side->offset, allowed);
  if (error) return error;
  contents_put(&node->contents, side->offset, buffer, (size_t)allowed);
  side->offset += allowed;
  if (side->offset > node->contents.size) node->contents.size = side->offset;
  node->modified = node->changed = current_time();
  return (long long)allowed;
}

// Whether a pipe can give or take a page without waiting.
static bool is_ready(const struct grate_call* call, const struct side* side, short events) {
  struct pollfd polled = {(int)side->descriptor, events, 0};
  if (!S_ISFIFO(side->mode)) return true;
  return grate_call_as(call, SYS_poll, (uint64_t[6]){(uintptr_t)&polled, 1, 0}) > 0;
}

// What was read and cannot be written any more goes back to where it came from, but for a pipe.
static void give_back(const struct grate_call* call, struct side* in, uint64_t size) {
  if (in->file || in->has_offset) {
    in->offset -= size;
  } else if (!S_ISFIFO(in->mode)) {
    grate_call_as(call, SYS_lseek, (uint64_t[6]){in->descriptor, -size, SEEK_CUR});
  }
}

// `stops` after what is there, as of a pipe; otherwise goes on until the end.
static long long move(const struct grate_call* call, struct side* in, struct side* out,
                      uint64_t count, bool stops, bool never_waits) {
  char* const buffer = malloc(CHUNK);
  if (!buffer) return -ENOMEM;
  uint64_t done = 0;
  long long result = 0;
  while (done < count && result >= 0) {
    // A pipe that is ready has room for a page.
    const size_t largest = never_waits && S_ISFIFO(out->mode) ? BLOCK_SIZE : CHUNK;
    if (never_waits && (!is_ready(call, in, POLLIN) || !is_ready(call, out, POLLOUT))) {
      result = -EAGAIN;
      break;
    }
    const long long got =
        read_side(call, in, buffer, count - done < largest ? (size_t)(count - done) : largest);
    if (got <= 0) {
      result = got;
      break;
    }
    size_t written = 0;
    while (written < (size_t)got) {
      result = write_side(call, out, buffer + written, (size_t)got - written);
      if (result <= 0) break;
      written += (size_t)result;
    }
    done += written;
    if (written < (size_t)got) {
      give_back(call, in, (uint64_t)got - written);
      break;
    }
    if (stops && S_ISFIFO(in->mode)) break;
  }
  free(buffer);
  return done ? (long long)done : result;
}

// ---- the calls

static int check_sendfile(const struct side* in, const struct side* out) {
  // It must be possible to seek.
  if (S_ISFIFO(in->mode) || S_ISSOCK(in->mode)) return in->has_offset ? -ESPIPE : -EINVAL;
  if (S_ISDIR(in->mode)) return -EINVAL;
  return out->flags & O_APPEND ? -EINVAL : 0;
}

static int check_copy(const struct grate_call* call, const struct side* in, const struct side* out,
                      uint64_t count) {
  if (call->args[5] != 0) return -EINVAL;
  if (!S_ISREG(in->mode) || !S_ISREG(out->mode)) return -EINVAL;
  if (out->flags & O_APPEND) return -EBADF;
  const bool same = in->file && out->file && in->file->node == out->file->node;
  const bool overlaps = in->offset < out->offset + count && out->offset < in->offset + count;
  return same && overlaps ? -EINVAL : 0;
}

static int check_splice(const struct grate_call* call, const struct side* in,
                        const struct side* out) {
  const bool from_pipe = S_ISFIFO(in->mode), to_pipe = S_ISFIFO(out->mode);
  if ((from_pipe && call->args[1]) || (to_pipe && call->args[3])) return -ESPIPE;
  if (!from_pipe && !to_pipe) return -EINVAL;
  if (S_ISDIR(in->mode) || S_ISDIR(out->mode)) return -EINVAL;
  return out->flags & O_APPEND ? -EINVAL : 0;
}

static long long copy_sides(const struct grate_call* call, struct side* in, struct side* out,
                            uint64_t count) {
  int error = find_side(call, in);
  if (error == 0) error = find_side(call, out);
  const bool copies = call->number == SYS_copy_file_range;
  if (error == 0 && copies && (S_ISDIR(in->mode) || S_ISDIR(out->mode))) error = -EISDIR;
  if (error == 0) error = check_modes(in, out);
  if (error) return error;
  if (call->number == SYS_tee) return -EINVAL;  // a file of ours is no pipe
  if (call->number == SYS_splice) error = check_splice(call, in, out);
  if (error == 0) error = find_offset(call, in);
  if (error == 0) error = find_offset(call, out);
  if (error == 0 && call->number == SYS_sendfile) error = check_sendfile(in, out);
  if (error == 0 && copies) error = check_copy(call, in, out, count);
  if (error) return error;
  const bool splices = call->number == SYS_splice;
  const bool never_waits = splices && (call->args[5] & SPLICE_F_NONBLOCK);
  const long long result = move(call, in, out, count, splices, never_waits);
  if (result <= 0) return result;
  error = put_offset(call, in);
  if (error == 0) error = put_offset(call, out);
  return error ? error : result;
}

long long call_copy(struct grate_call* call) {
  const uint64_t* const args = call->args;
  const bool sends = call->number == SYS_sendfile, tees = call->number == SYS_tee;
  struct side in = {.descriptor = args[sends ? 1 : 0],
                    .offset_argument = sends  ? 2
                                       : tees ? -1
                                              : 1};
  struct side out = {.descriptor = args[sends  ? 0
                                        : tees ? 1
                                               : 2],
                     .offset_argument = sends || tees ? -1 : 3};
  uint64_t count = (uint32_t)args[sends ? 3 : tees ? 2 : 4];
  if (count > MAX_TRANSFER) count = MAX_TRANSFER;
  cages_lock();
  const bool is_ours = find_own(call, in.descriptor) || find_own(call, out.descriptor);
  long long result = 0;
  if (is_ours) {
    const bool splices = call->number == SYS_splice;
    if (splices && args[5] & ~(uint64_t)15) {
      result = -EINVAL;
    } else {
      result = splices && count == 0 ? 0 : copy_sides(call, &in, &out, count);
    }
    if (in.file) file_release(in.file);
    if (out.file) file_release(out.file);
  }
  cages_unlock();
  return is_ours ? result : grate_forward(call);
}
