// Reading, writing and seeking.

#include <algorithm>

#include "microvisor/syscall_helpers.h"

namespace linden::microvisor {

namespace {

// A buffer for the kernel. A count that reaches beyond the memory is cut at its end, because Linux
// looks at a buffer only as far as there is data: reading a short file with a huge count succeeds.
Result<iovec> buffer_for(Cage& cage, Bytes buffer, uint32_t count) {
  if (count == 0) return iovec{nullptr, 0};  // Linux doesn't look at the address then
  const uint64_t available = cage.memory().available_from(buffer.offset);
  if (available == 0) return Error{EFAULT};
  count = static_cast<uint32_t>(std::min<uint64_t>({count, kMaxTransfer, available}));
  return cage.memory().io_vector(GuestSpan<std::byte>{buffer, count});
}

// The RLIMIT_FSIZE of the cage: EFBIG if nothing may be written at `offset` (-1: where the file
// stands), else `from` is cut so that the file doesn't grow beyond it.
Result<void> apply_size_limit(Thread& thread, OpenFile& file, IoVectors& from, int64_t offset) {
  uint64_t limit = thread.cage().attributes().file_size_limit();
  if (limit == RLIM_INFINITY) return {};
  struct stat status = TRY(file.stat());
  if (!S_ISREG(status.st_mode)) return {};
  if (TRY(file.status_flags()) & O_APPEND) offset = status.st_size;
  if (offset == -1) offset = TRY(file.seek(0, SEEK_CUR));
  uint64_t total = 0;
  for (const iovec& vector : from) total += vector.iov_len;
  if (total == 0) return {};
  if (static_cast<uint64_t>(offset) >= limit) return size_limit_exceeded(thread);
  uint64_t room = limit - offset;
  for (iovec& vector : from) {
    vector.iov_len = std::min<uint64_t>(vector.iov_len, room);
    room -= vector.iov_len;
  }
  return {};
}

// The result of writing `from`. SIGPIPE also goes with a write that was cut short because the
// pipe's last reader went meanwhile.
SyscallResult to_written(Thread& thread, OpenFile& file, const IoVectors& from,
                         Result<size_t> written) {
  if (written.ok()) {
    size_t wanted = 0;
    for (const iovec& vector : from) wanted += vector.iov_len;
    if (*written < wanted && file.is_broken_pipe()) raise_for_error(thread, SIGPIPE);
  }
  return to_written(thread, std::move(written));
}

SyscallResult read_at(Cage& cage, int fd, GuestPtr<GuestIovec> vectors, uint32_t count,
                      int64_t offset, int flags) {
  auto file = TRY(usable_file(cage, fd));
  return to_value(file->preadv2(TRY(io_vectors(cage, vectors, count)), offset, flags));
}

SyscallResult write_at(Thread& thread, int fd, GuestPtr<GuestIovec> vectors, uint32_t count,
                       int64_t offset, int flags) {
  Cage& cage = thread.cage();
  auto file = TRY(usable_file(cage, fd));
  IoVectors from = TRY(io_vectors(cage, vectors, count));
  TRY(apply_size_limit(thread, *file, from, offset));
  return to_written(thread, *file, from, file->pwritev2(from, offset, flags));
}

}  // namespace

// The order of the checks is Linux's: descriptor first, then memory.

SyscallResult sys_read(Cage& cage, int fd, Bytes buffer, uint32_t count) {
  auto file = TRY(cage.file_in_use(fd));
  iovec vector = TRY(buffer_for(cage, buffer, count));
  return to_value(file->readv({&vector, 1}));
}

SyscallResult sys_write(Thread& thread, int fd, Bytes buffer, uint32_t count) {
  Cage& cage = thread.cage();
  auto file = TRY(cage.file_in_use(fd));
  IoVectors from = {TRY(buffer_for(cage, buffer, count))};
  TRY(apply_size_limit(thread, *file, from, -1));
  return to_written(thread, *file, from, file->writev(from));
}

SyscallResult sys_pread64(Cage& cage, int fd, Bytes buffer, uint32_t count, int64_t offset) {
  if (offset < 0) return Error{EINVAL};
  auto file = TRY(cage.file_in_use(fd));
  iovec vector = TRY(buffer_for(cage, buffer, count));
  return to_value(file->preadv({&vector, 1}, offset));
}

SyscallResult sys_pwrite64(Thread& thread, int fd, Bytes buffer, uint32_t count, int64_t offset) {
  Cage& cage = thread.cage();
  if (offset < 0) return Error{EINVAL};
  auto file = TRY(cage.file_in_use(fd));
  IoVectors from = {TRY(buffer_for(cage, buffer, count))};
  TRY(apply_size_limit(thread, *file, from, offset));
  return to_written(thread, *file, from, file->pwritev(from, offset));
}

SyscallResult sys_readv(Cage& cage, int fd, GuestPtr<GuestIovec> vectors, uint32_t count) {
  auto file = TRY(cage.file_in_use(fd));
  return to_value(file->readv(TRY(io_vectors(cage, vectors, count))));
}

SyscallResult sys_writev(Thread& thread, int fd, GuestPtr<GuestIovec> vectors, uint32_t count) {
  Cage& cage = thread.cage();
  auto file = TRY(cage.file_in_use(fd));
  IoVectors from = TRY(io_vectors(cage, vectors, count));
  TRY(apply_size_limit(thread, *file, from, -1));
  return to_written(thread, *file, from, file->writev(from));
}

SyscallResult sys_preadv(Cage& cage, int fd, GuestPtr<GuestIovec> vectors, uint32_t count,
                         int64_t offset) {
  if (offset < 0) return Error{EINVAL};
  return read_at(cage, fd, vectors, count, offset, 0);
}

SyscallResult sys_pwritev(Thread& thread, int fd, GuestPtr<GuestIovec> vectors, uint32_t count,
                          int64_t offset) {
  if (offset < 0) return Error{EINVAL};
  return write_at(thread, fd, vectors, count, offset, 0);
}

SyscallResult sys_preadv2(Cage& cage, int fd, GuestPtr<GuestIovec> vectors, uint32_t count,
                          int64_t offset, int flags) {
  if (offset < -1) return Error{EINVAL};
  return read_at(cage, fd, vectors, count, offset, flags);
}

SyscallResult sys_pwritev2(Thread& thread, int fd, GuestPtr<GuestIovec> vectors, uint32_t count,
                           int64_t offset, int flags) {
  if (offset < -1) return Error{EINVAL};
  return write_at(thread, fd, vectors, count, offset, flags);
}

SyscallResult sys_lseek(Cage& cage, int fd, int64_t offset, int whence) {
  FileInUse file = TRY(cage.file_in_use(fd));
  if (file->is_path_only()) return Error{EBADF};
  return file->seek(offset, whence);
}

SyscallResult sys_fsync(Cage& cage, int fd) { return to_zero(TRY(usable_file(cage, fd))->sync()); }

SyscallResult sys_fdatasync(Cage& cage, int fd) {
  return to_zero(TRY(usable_file(cage, fd))->sync_data());
}

SyscallResult sys_fadvise64(Cage& cage, int fd, int64_t offset, int64_t length, int advice) {
  return to_zero(TRY(usable_file(cage, fd))->advise(offset, length, advice));
}

SyscallResult sys_readahead(Cage& cage, int fd, int64_t offset, uint32_t count) {
  int host_fd = TRY(TRY(usable_file(cage, fd))->host_descriptor());
  return to_zero(cage.host().readahead(host_fd, offset, count));
}

SyscallResult sys_sync(Cage& cage) { return to_zero(cage.host().sync()); }

SyscallResult sys_syncfs(Cage& cage, int fd) {
  int host_fd = TRY(TRY(usable_file(cage, fd))->host_descriptor());
  return to_zero(cage.host().syncfs(host_fd));
}

SyscallResult sys_sync_file_range(Cage& cage, int fd, int64_t offset, int64_t length,
                                  uint32_t flags) {
  int host_fd = TRY(TRY(usable_file(cage, fd))->host_descriptor());
  return to_zero(cage.host().sync_file_range(host_fd, offset, length, flags));
}

}  // namespace linden::microvisor
