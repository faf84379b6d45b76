// Reading, writing and seeking.

#include "microvisor/syscalls.h"

namespace linden::microvisor {

namespace {

SyscallResult to_value(Result<size_t> transferred) {
  return static_cast<int64_t>(TRY(std::move(transferred)));
}

SyscallResult to_zero(Result<void> done) {
  TRY(std::move(done));
  return 0;
}

}  // namespace

// The order of the checks is Linux's: descriptor first, then memory.

SyscallResult sys_read(Cage& cage, int fd, Bytes buffer, uint32_t count) {
  auto file = TRY(cage.fds().file(fd));
  iovec vector = TRY(cage.memory().io_vector(GuestSpan<std::byte>{buffer, count}));
  return to_value(file->readv({&vector, 1}));
}

SyscallResult sys_write(Cage& cage, int fd, Bytes buffer, uint32_t count) {
  auto file = TRY(cage.fds().file(fd));
  iovec vector = TRY(cage.memory().io_vector(GuestSpan<std::byte>{buffer, count}));
  return to_value(file->writev({&vector, 1}));
}

SyscallResult sys_pread64(Cage& cage, int fd, Bytes buffer, uint32_t count, int64_t offset) {
  auto file = TRY(cage.fds().file(fd));
  if (offset < 0) return Error{EINVAL};
  iovec vector = TRY(cage.memory().io_vector(GuestSpan<std::byte>{buffer, count}));
  return to_value(file->preadv({&vector, 1}, offset));
}

SyscallResult sys_pwrite64(Cage& cage, int fd, Bytes buffer, uint32_t count, int64_t offset) {
  auto file = TRY(cage.fds().file(fd));
  if (offset < 0) return Error{EINVAL};
  iovec vector = TRY(cage.memory().io_vector(GuestSpan<std::byte>{buffer, count}));
  return to_value(file->pwritev({&vector, 1}, offset));
}

SyscallResult sys_readv(Cage& cage, int fd, GuestPtr<GuestIovec> vectors, uint32_t count) {
  auto file = TRY(cage.fds().file(fd));
  return to_value(file->readv(TRY(cage.memory().io_vectors({vectors, count}))));
}

SyscallResult sys_writev(Cage& cage, int fd, GuestPtr<GuestIovec> vectors, uint32_t count) {
  auto file = TRY(cage.fds().file(fd));
  return to_value(file->writev(TRY(cage.memory().io_vectors({vectors, count}))));
}

SyscallResult sys_preadv(Cage& cage, int fd, GuestPtr<GuestIovec> vectors, uint32_t count,
                         int64_t offset) {
  auto file = TRY(cage.fds().file(fd));
  if (offset < 0) return Error{EINVAL};
  return to_value(file->preadv(TRY(cage.memory().io_vectors({vectors, count})), offset));
}

SyscallResult sys_pwritev(Cage& cage, int fd, GuestPtr<GuestIovec> vectors, uint32_t count,
                          int64_t offset) {
  auto file = TRY(cage.fds().file(fd));
  if (offset < 0) return Error{EINVAL};
  return to_value(file->pwritev(TRY(cage.memory().io_vectors({vectors, count})), offset));
}

SyscallResult sys_lseek(Cage& cage, int fd, int64_t offset, int whence) {
  return TRY(cage.fds().file(fd))->seek(offset, whence);
}

SyscallResult sys_fsync(Cage& cage, int fd) { return to_zero(TRY(cage.fds().file(fd))->sync()); }

SyscallResult sys_fdatasync(Cage& cage, int fd) {
  return to_zero(TRY(cage.fds().file(fd))->sync_data());
}

SyscallResult sys_fadvise64(Cage& cage, int fd, int64_t offset, int64_t length, int advice) {
  return to_zero(TRY(cage.fds().file(fd))->advise(offset, length, advice));
}

}  // namespace linden::microvisor
