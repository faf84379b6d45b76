// Moving data between files without it passing through the guest.

#include <fcntl.h>

#include <algorithm>

#include "microvisor/syscall_helpers.h"

namespace linden::microvisor {

namespace {

// A file offset in guest memory, which may be absent: the file's own position counts then.
class Offset {
 public:
  static Result<Offset> read(Cage& cage, GuestPtr<int64_t> where) {
    Offset offset;
    offset.where_ = where;
    if (!where.is_null()) offset.value_ = TRY(cage.memory().read(where));
    return offset;
  }
  int64_t* value() { return where_.is_null() ? nullptr : &value_; }
  Result<void> write(Cage& cage) const {
    if (where_.is_null()) return {};
    return cage.memory().write(where_, value_);
  }

 private:
  GuestPtr<int64_t> where_;
  int64_t value_ = 0;
};

constexpr uint32_t kSpliceFlags = SPLICE_F_MOVE | SPLICE_F_NONBLOCK | SPLICE_F_MORE | SPLICE_F_GIFT;

Result<int> host_descriptor(OpenFile& file) { return file.host_descriptor(); }

}  // namespace

SyscallResult sys_sendfile(Thread& thread, int to, int from, GuestPtr<int64_t> where,
                           uint32_t count) {
  Cage& cage = thread.cage();
  Offset offset = TRY(Offset::read(cage, where));
  auto source = TRY(usable_file(cage, from));
  auto destination = TRY(usable_file(cage, to));
  int64_t sent =
      TRY(to_written(thread, cage.host().sendfile(TRY(host_descriptor(*destination)),
                                                  TRY(host_descriptor(*source)), offset.value(),
                                                  std::min(count, kMaxTransfer))));
  TRY(offset.write(cage));
  return sent;
}

SyscallResult sys_copy_file_range(Cage& cage, int from, GuestPtr<int64_t> from_where, int to,
                                  GuestPtr<int64_t> to_where, uint32_t count, uint32_t flags) {
  if (flags != 0) return Error{EINVAL};
  auto source = TRY(usable_file(cage, from));
  auto destination = TRY(usable_file(cage, to));
  Offset from_offset = TRY(Offset::read(cage, from_where));
  Offset to_offset = TRY(Offset::read(cage, to_where));
  size_t copied = TRY(cage.host().copy_file_range(
      TRY(host_descriptor(*source)), from_offset.value(), TRY(host_descriptor(*destination)),
      to_offset.value(), std::min(count, kMaxTransfer)));
  TRY(from_offset.write(cage));
  TRY(to_offset.write(cage));
  return static_cast<int64_t>(copied);
}

SyscallResult sys_splice(Thread& thread, int from, GuestPtr<int64_t> from_where, int to,
                         GuestPtr<int64_t> to_where, uint32_t count, uint32_t flags) {
  Cage& cage = thread.cage();
  if (count == 0) return 0;
  if (flags & ~kSpliceFlags) return Error{EINVAL};
  auto source = TRY(usable_file(cage, from));
  auto destination = TRY(usable_file(cage, to));
  Offset from_offset = TRY(Offset::read(cage, from_where));
  Offset to_offset = TRY(Offset::read(cage, to_where));
  int64_t moved = TRY(
      to_written(thread, cage.host().splice(TRY(host_descriptor(*source)), from_offset.value(),
                                            TRY(host_descriptor(*destination)), to_offset.value(),
                                            std::min(count, kMaxTransfer), flags)));
  TRY(from_offset.write(cage));
  TRY(to_offset.write(cage));
  return moved;
}

SyscallResult sys_tee(Thread& thread, int from, int to, uint32_t count, uint32_t flags) {
  Cage& cage = thread.cage();
  if (flags & ~kSpliceFlags) return Error{EINVAL};
  if (count == 0) return 0;
  auto source = TRY(usable_file(cage, from));
  auto destination = TRY(usable_file(cage, to));
  return to_written(
      thread, cage.host().tee(TRY(host_descriptor(*source)), TRY(host_descriptor(*destination)),
                              std::min(count, kMaxTransfer), flags));
}

// By copying, which Linux may do too. Pages of the guest mustn't stay in a pipe: its memory may
// become another cage's before the pipe is read.
SyscallResult sys_vmsplice(Thread& thread, int fd, GuestPtr<GuestIovec> vectors, uint32_t count,
                           uint32_t flags) {
  Cage& cage = thread.cage();
  if (flags & ~kSpliceFlags) return Error{EINVAL};
  auto file = TRY(usable_file(cage, fd));
  if (!S_ISFIFO(TRY(file->stat()).st_mode)) return Error{EBADF};
  IoVectors buffers = TRY(io_vectors(cage, vectors, count));
  bool writes = (TRY(file->status_flags()) & O_ACCMODE) != O_RDONLY;
  return to_written(thread, writes ? file->writev(buffers) : file->readv(buffers));
}

}  // namespace linden::microvisor
