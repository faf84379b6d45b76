#include "microvisor/linux_host.h"

#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/sendfile.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <optional>
#include <vector>

#include "microvisor/linux_host_internal.h"

namespace linden::microvisor {

namespace {

void ignore_if_default(int signal_number) {
  struct sigaction action;
  if (sigaction(signal_number, nullptr, &action) == 0 && !(action.sa_flags & SA_SIGINFO) &&
      action.sa_handler == SIG_DFL) {
    action.sa_handler = SIG_IGN;
    sigaction(signal_number, &action, nullptr);
  }
}

std::vector<std::byte> allowed_processors() {
  constexpr size_t kBytes = 1024;  // for 8192 processors, more than Linux can be built for
  std::vector<std::byte> mask(kBytes);
  // The system call itself: it tells the size of the kernel's mask.
  const long length = ::syscall(SYS_sched_getaffinity, 0, mask.size(), mask.data());
  mask.resize(length > 0 ? static_cast<size_t>(length) : 0);
  return mask;
}

}  // namespace

LinuxHost::LinuxHost()
    : creation_mask_(ScopedCreationMask(0).previous()), processors_(allowed_processors()) {
  ignore_if_default(SIGPIPE);
  ignore_if_default(SIGXFSZ);
}

Result<HostFd> LinuxHost::openat2(int directory, const char* path, const OpenHow& how) {
  std::optional<ScopedCreationMask> exact;
  if (how.mode != 0) exact.emplace(0);
  open_how kernel_how{};
  kernel_how.flags = how.flags | O_CLOEXEC;
  kernel_how.mode = how.mode;
  kernel_how.resolve = how.resolve;
  // Opening a named pipe waits for the other end.
  int fd = TRY(kernel_result<int>(interruptible_syscall(SYS_openat2, directory, word_of(path),
                                                        word_of(&kernel_how), sizeof(kernel_how))));
  return HostFd(*this, fd);
}

Result<HostFd> LinuxHost::duplicate(int fd) {
  return HostFd(*this, TRY(checked<int>(::fcntl(fd, F_DUPFD_CLOEXEC, 3))));
}

// Linux has released the descriptor even where close(2) reports an error.
void LinuxHost::close(int fd) { ::close(fd); }

// With one vector, which is what most calls have, the kernel has less to look at in the calls that
// take none.

Result<size_t> LinuxHost::readv(int fd, std::span<const iovec> to) {
  if (to.size() == 1) {
    return kernel_result<size_t>(
        interruptible_syscall(SYS_read, fd, word_of(to[0].iov_base), size_of(to[0])));
  }
  return kernel_result<size_t>(
      interruptible_syscall(SYS_readv, fd, word_of(to.data()), static_cast<long>(to.size())));
}

Result<size_t> LinuxHost::writev(int fd, std::span<const iovec> from) {
  if (from.size() == 1) {
    return kernel_result<size_t>(
        interruptible_syscall(SYS_write, fd, word_of(from[0].iov_base), size_of(from[0])));
  }
  return kernel_result<size_t>(
      interruptible_syscall(SYS_writev, fd, word_of(from.data()), static_cast<long>(from.size())));
}

Result<size_t> LinuxHost::preadv(int fd, std::span<const iovec> to, int64_t offset) {
  if (to.size() == 1) {
    return kernel_result<size_t>(
        interruptible_syscall(SYS_pread64, fd, word_of(to[0].iov_base), size_of(to[0]), offset));
  }
  return kernel_result<size_t>(interruptible_syscall(SYS_preadv, fd, word_of(to.data()),
                                                     static_cast<long>(to.size()), offset));
}

Result<size_t> LinuxHost::pwritev(int fd, std::span<const iovec> from, int64_t offset) {
  if (from.size() == 1) {
    return kernel_result<size_t>(interruptible_syscall(SYS_pwrite64, fd, word_of(from[0].iov_base),
                                                       size_of(from[0]), offset));
  }
  return kernel_result<size_t>(interruptible_syscall(SYS_pwritev, fd, word_of(from.data()),
                                                     static_cast<long>(from.size()), offset));
}

Result<int64_t> LinuxHost::lseek(int fd, int64_t offset, int whence) {
  return checked<int64_t>(::lseek(fd, offset, whence));
}

Result<void> LinuxHost::fsync(int fd) { return checked_void(::fsync(fd)); }
Result<void> LinuxHost::fdatasync(int fd) { return checked_void(::fdatasync(fd)); }
Result<int> LinuxHost::status_flags(int fd) { return checked<int>(::fcntl(fd, F_GETFL)); }

Result<void> LinuxHost::set_status_flags(int fd, int flags) {
  return checked_void(::fcntl(fd, F_SETFL, flags));
}

Result<uint64_t> LinuxHost::bytes_available(int fd) {
  int count = 0;
  TRY(checked_void(::ioctl(fd, FIONREAD, &count)));
  return static_cast<uint64_t>(count);
}

Result<HostFd> LinuxHost::accept(int fd, int flags) {
  return HostFd(
      *this,
      TRY(kernel_result<int>(interruptible_syscall(SYS_accept4, fd, 0, 0, flags | SOCK_CLOEXEC))));
}

Result<size_t> LinuxHost::recvmsg(int fd, msghdr* message, int flags) {
  return kernel_result<size_t>(
      interruptible_syscall(SYS_recvmsg, fd, word_of(message), flags | MSG_CMSG_CLOEXEC));
}

Result<size_t> LinuxHost::sendmsg(int fd, const msghdr& message, int flags) {
  return kernel_result<size_t>(
      interruptible_syscall(SYS_sendmsg, fd, word_of(&message), flags | MSG_NOSIGNAL));
}

Result<void> LinuxHost::shutdown(int fd, int how) { return checked_void(::shutdown(fd, how)); }

Result<std::pair<HostFd, HostFd>> LinuxHost::socketpair(int type) {
  int ends[2];
  TRY(checked_void(::socketpair(AF_UNIX, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends)));
  return std::pair(HostFd(*this, ends[0]), HostFd(*this, ends[1]));
}

Result<size_t> LinuxHost::socket_option(int fd, int level, int name, std::span<std::byte> value) {
  auto size = static_cast<socklen_t>(value.size());
  TRY(checked_void(::getsockopt(fd, level, name, value.data(), &size)));
  return size_t{size};
}

Result<void> LinuxHost::set_socket_option(int fd, int level, int name,
                                          std::span<const std::byte> value) {
  return checked_void(
      ::setsockopt(fd, level, name, value.data(), static_cast<socklen_t>(value.size())));
}

Result<HostPipe> LinuxHost::pipe(int flags) {
  int ends[2];
  TRY(checked_void(::pipe2(ends, flags | O_CLOEXEC)));
  return HostPipe{HostFd(*this, ends[0]), HostFd(*this, ends[1])};
}

Result<size_t> LinuxHost::preadv2(int fd, std::span<const iovec> to, int64_t offset, int flags) {
  return kernel_result<size_t>(interruptible_syscall(
      SYS_preadv2, fd, word_of(to.data()), static_cast<long>(to.size()), offset, 0, flags));
}

Result<size_t> LinuxHost::pwritev2(int fd, std::span<const iovec> from, int64_t offset, int flags) {
  return kernel_result<size_t>(interruptible_syscall(
      SYS_pwritev2, fd, word_of(from.data()), static_cast<long>(from.size()), offset, 0, flags));
}

Result<size_t> LinuxHost::sendfile(int to, int from, int64_t* offset, size_t count) {
  return kernel_result<size_t>(
      interruptible_syscall(SYS_sendfile, to, from, word_of(offset), static_cast<long>(count)));
}

Result<size_t> LinuxHost::copy_file_range(int from, int64_t* from_offset, int to,
                                          int64_t* to_offset, size_t count) {
  return checked<size_t>(::copy_file_range(from, from_offset, to, to_offset, count, 0));
}

Result<size_t> LinuxHost::splice(int from, int64_t* from_offset, int to, int64_t* to_offset,
                                 size_t count, uint32_t flags) {
  return kernel_result<size_t>(interruptible_syscall(SYS_splice, from, word_of(from_offset), to,
                                                     word_of(to_offset), static_cast<long>(count),
                                                     flags));
}

Result<size_t> LinuxHost::tee(int from, int to, size_t count, uint32_t flags) {
  return kernel_result<size_t>(
      interruptible_syscall(SYS_tee, from, to, static_cast<long>(count), flags));
}

Result<int> LinuxHost::control(int fd, int command, int argument) {
  return checked<int>(::fcntl(fd, command, argument));
}

Result<void> LinuxHost::record_lock(int fd, int command, struct flock* lock) {
  if (command != F_OFD_SETLKW) return checked_void(::fcntl(fd, command, lock));
  return checked_kernel_void(interruptible_syscall(SYS_fcntl, fd, command, word_of(lock)));
}

Result<void> LinuxHost::flock(int fd, int operation) {
  return checked_kernel_void(interruptible_syscall(SYS_flock, fd, operation));
}

Result<void> LinuxHost::sync() {
  ::sync();
  return {};
}

Result<void> LinuxHost::syncfs(int fd) { return checked_void(::syncfs(fd)); }

Result<void> LinuxHost::sync_file_range(int fd, int64_t offset, int64_t length, uint32_t flags) {
  return checked_void(::sync_file_range(fd, offset, length, flags));
}

Result<void> LinuxHost::readahead(int fd, int64_t offset, size_t count) {
  return checked_void(::readahead(fd, offset, count));
}

}  // namespace linden::microvisor
