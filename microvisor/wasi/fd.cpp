// Transfer of data through descriptors, and their numbers.

#include <fcntl.h>
#include <unistd.h>

#include "microvisor/wasi/internal.h"

namespace linden::microvisor::wasi {

namespace {

Result<IoVectors> io_vectors(Process& process, uint32_t iovs, uint32_t count) {
  return process.memory().io_vectors(GuestSpan<GuestIovec>{{iovs}, count});
}

// Offsets and lengths are unsigned here and signed on the host.
Result<int64_t> to_signed(uint64_t value) {
  if (value > INT64_MAX) return Error{EINVAL};
  return static_cast<int64_t>(value);
}

// The right to seek includes the right to tell.
Result<std::shared_ptr<OpenFile>> file_for_tell(Process& process, uint32_t fd) {
  auto file = process.file(fd, right::kFdTell);
  return file.code() == kErrnoNotCapable ? process.file(fd, right::kFdSeek) : std::move(file);
}

// The kernel moves at most 2 GiB at a time, so counts fit.
Errno store_count(Process& process, uint32_t out, size_t count) {
  return store(process, out, static_cast<uint32_t>(count));
}

}  // namespace

Errno fd_read(Process& process, uint32_t fd, uint32_t iovs, uint32_t iovs_len, uint32_t nread_out) {
  auto file = WASI_TRY(process.file(fd, right::kFdRead));
  return store_count(process, nread_out,
                     WASI_TRY(file->readv(WASI_TRY(io_vectors(process, iovs, iovs_len)))));
}

Errno fd_write(Process& process, uint32_t fd, uint32_t iovs, uint32_t iovs_len,
               uint32_t nwritten_out) {
  auto file = WASI_TRY(process.file(fd, right::kFdWrite));
  return store_count(process, nwritten_out,
                     WASI_TRY(file->writev(WASI_TRY(io_vectors(process, iovs, iovs_len)))));
}

Errno fd_pread(Process& process, uint32_t fd, uint32_t iovs, uint32_t iovs_len, uint64_t offset,
               uint32_t nread_out) {
  auto file = WASI_TRY(process.file(fd, right::kFdRead | right::kFdSeek));
  auto vectors = WASI_TRY(io_vectors(process, iovs, iovs_len));
  return store_count(process, nread_out,
                     WASI_TRY(file->preadv(vectors, WASI_TRY(to_signed(offset)))));
}

Errno fd_pwrite(Process& process, uint32_t fd, uint32_t iovs, uint32_t iovs_len, uint64_t offset,
                uint32_t nwritten_out) {
  auto file = WASI_TRY(process.file(fd, right::kFdWrite | right::kFdSeek));
  auto vectors = WASI_TRY(io_vectors(process, iovs, iovs_len));
  return store_count(process, nwritten_out,
                     WASI_TRY(file->pwritev(vectors, WASI_TRY(to_signed(offset)))));
}

Errno fd_seek(Process& process, uint32_t fd, uint64_t offset, uint32_t whence,
              uint32_t newoffset_out) {
  static_assert(SEEK_SET == 0 && SEEK_CUR == 1 && SEEK_END == 2);
  if (whence > SEEK_END) return Errno::Invalid;
  bool only_tells = whence == SEEK_CUR && offset == 0;
  auto file = WASI_TRY(only_tells ? file_for_tell(process, fd) : process.file(fd, right::kFdSeek));
  int64_t position = WASI_TRY(file->seek(static_cast<int64_t>(offset), static_cast<int>(whence)));
  return store(process, newoffset_out, static_cast<uint64_t>(position));
}

Errno fd_tell(Process& process, uint32_t fd, uint32_t offset_out) {
  auto file = WASI_TRY(file_for_tell(process, fd));
  return store(process, offset_out, static_cast<uint64_t>(WASI_TRY(file->seek(0, SEEK_CUR))));
}

Errno fd_sync(Process& process, uint32_t fd) {
  return to_errno(WASI_TRY(process.file(fd, right::kFdSync))->sync().code());
}

Errno fd_datasync(Process& process, uint32_t fd) {
  return to_errno(WASI_TRY(process.file(fd, right::kFdDatasync))->sync_data().code());
}

Errno fd_advise(Process& process, uint32_t fd, uint64_t offset, uint64_t len, uint32_t advice) {
  constexpr int kAdvice[] = {POSIX_FADV_NORMAL,   POSIX_FADV_SEQUENTIAL, POSIX_FADV_RANDOM,
                             POSIX_FADV_WILLNEED, POSIX_FADV_DONTNEED,   POSIX_FADV_NOREUSE};
  auto file = WASI_TRY(process.file(fd, right::kFdAdvise));
  if (advice >= std::size(kAdvice)) return Errno::Invalid;
  int64_t start = WASI_TRY(to_signed(offset));
  return to_errno(file->advise(start, WASI_TRY(to_signed(len)), kAdvice[advice]).code());
}

Errno fd_allocate(Process& process, uint32_t fd, uint64_t offset, uint64_t len) {
  auto file = WASI_TRY(process.file(fd, right::kFdAllocate));
  int64_t start = WASI_TRY(to_signed(offset));
  return to_errno(file->allocate(0, start, WASI_TRY(to_signed(len))).code());
}

Errno fd_filestat_set_size(Process& process, uint32_t fd, uint64_t size) {
  auto file = WASI_TRY(process.file(fd, right::kFdFilestatSetSize));
  return to_errno(file->truncate(WASI_TRY(to_signed(size))).code());
}

Errno fd_close(Process& process, uint32_t fd) {
  WASI_TRY(process.descriptor(fd, 0));
  return to_errno(process.cage().fds().close(static_cast<int>(fd)).code());
}

Errno fd_renumber(Process& process, uint32_t from, uint32_t to) {
  WASI_TRY(process.descriptor(from, 0));
  WASI_TRY(process.descriptor(to, 0));
  return to_errno(
      process.cage().fds().move_onto(static_cast<int>(from), static_cast<int>(to)).code());
}

}  // namespace linden::microvisor::wasi
