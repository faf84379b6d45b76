#include "microvisor/linux_host.h"

#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/random.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "microvisor/interruption.h"

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

// A C result of -1 to an errno, anything else to a T.
template <typename T>
Result<T> checked(auto result) {
  if (result < 0) return Error{errno};
  return static_cast<T>(result);
}

Result<void> checked_void(auto result) {
  if (result < 0) return Error{errno};
  return {};
}

// The same of a result that carries its errno.
template <typename T>
Result<T> kernel_result(long result) {
  if (result < 0) return Error{static_cast<int>(-result)};
  return static_cast<T>(result);
}

long word_of(const void* pointer) {
  return static_cast<long>(reinterpret_cast<uintptr_t>(pointer));
}

}  // namespace

LinuxHost::LinuxHost() {
  ignore_if_default(SIGPIPE);
  ignore_if_default(SIGXFSZ);
}

Result<HostFd> LinuxHost::openat2(int directory, const char* path, const OpenHow& how) {
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

Result<size_t> LinuxHost::readv(int fd, std::span<const iovec> to) {
  return kernel_result<size_t>(
      interruptible_syscall(SYS_readv, fd, word_of(to.data()), static_cast<long>(to.size())));
}

Result<size_t> LinuxHost::writev(int fd, std::span<const iovec> from) {
  return kernel_result<size_t>(
      interruptible_syscall(SYS_writev, fd, word_of(from.data()), static_cast<long>(from.size())));
}

Result<size_t> LinuxHost::preadv(int fd, std::span<const iovec> to, int64_t offset) {
  return checked<size_t>(::preadv(fd, to.data(), static_cast<int>(to.size()), offset));
}

Result<size_t> LinuxHost::pwritev(int fd, std::span<const iovec> from, int64_t offset) {
  return checked<size_t>(::pwritev(fd, from.data(), static_cast<int>(from.size()), offset));
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

Result<int> LinuxHost::poll(std::span<pollfd> fds, const timespec* timeout) {
  // The kernel writes what is left of the time; the caller's stays as it is.
  timespec left = timeout ? *timeout : timespec{};
  return kernel_result<int>(interruptible_syscall(SYS_ppoll, word_of(fds.data()),
                                                  static_cast<long>(fds.size()),
                                                  word_of(timeout ? &left : nullptr)));
}

Result<struct stat> LinuxHost::fstat(int fd) {
  struct stat status;
  TRY(checked_void(::fstat(fd, &status)));
  return status;
}

Result<void> LinuxHost::ftruncate(int fd, int64_t size) {
  return checked_void(::ftruncate(fd, size));
}

Result<void> LinuxHost::fallocate(int fd, int mode, int64_t offset, int64_t length) {
  return checked_void(::fallocate(fd, mode, offset, length));
}

Result<void> LinuxHost::fadvise(int fd, int64_t offset, int64_t length, int advice) {
  // Unlike the others it returns the errno.
  int error = ::posix_fadvise(fd, offset, length, advice);
  if (error != 0) return Error{error};
  return {};
}

Result<void> LinuxHost::set_times(int fd, std::span<const timespec, 2> times) {
  // The system call itself: the C library's wrapper rejects some of these combinations.
  return checked_void(::syscall(SYS_utimensat, fd, "", times.data(), AT_EMPTY_PATH));
}

Result<size_t> LinuxHost::getdents(int fd, std::span<std::byte> to) {
  return checked<size_t>(::syscall(SYS_getdents64, fd, to.data(), to.size()));
}

Result<size_t> LinuxHost::readlink(int fd, std::span<std::byte> to) {
  return checked<size_t>(::readlinkat(fd, "", reinterpret_cast<char*>(to.data()), to.size()));
}

Result<std::string> LinuxHost::descriptor_path(int fd) {
  char link[32], path[PATH_MAX];
  snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
  ssize_t length = ::readlink(link, path, sizeof(path));
  if (length < 0) return Error{errno};
  if (length == sizeof(path)) return Error{ENAMETOOLONG};
  return std::string(path, static_cast<size_t>(length));
}

Result<void> LinuxHost::mkdirat(int directory, const char* leaf, uint32_t mode) {
  return checked_void(::mkdirat(directory, leaf, mode));
}

Result<void> LinuxHost::unlinkat(int directory, const char* leaf, int flags) {
  return checked_void(::unlinkat(directory, leaf, flags));
}

Result<void> LinuxHost::renameat2(int old_directory, const char* old_leaf, int new_directory,
                                  const char* new_leaf, uint32_t flags) {
  return checked_void(
      ::syscall(SYS_renameat2, old_directory, old_leaf, new_directory, new_leaf, flags));
}

Result<void> LinuxHost::linkat(int old_directory, const char* old_leaf, int new_directory,
                               const char* new_leaf) {
  return checked_void(::linkat(old_directory, old_leaf, new_directory, new_leaf, 0));
}

Result<void> LinuxHost::link_descriptor(int fd, int new_directory, const char* new_leaf) {
  if (::linkat(fd, "", new_directory, new_leaf, AT_EMPTY_PATH) == 0) return {};
  // Kernels before 6.10 answer ENOENT to callers without CAP_DAC_READ_SEARCH.
  if (errno != ENOENT) return Error{errno};
  char path[32];
  snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
  return checked_void(::linkat(AT_FDCWD, path, new_directory, new_leaf, AT_SYMLINK_FOLLOW));
}

Result<void> LinuxHost::symlinkat(const char* target, int directory, const char* leaf) {
  return checked_void(::symlinkat(target, directory, leaf));
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

Result<timespec> LinuxHost::clock_gettime(clockid_t clock) {
  timespec now;
  TRY(checked_void(::clock_gettime(clock, &now)));
  return now;
}

Result<timespec> LinuxHost::clock_getres(clockid_t clock) {
  timespec resolution;
  TRY(checked_void(::clock_getres(clock, &resolution)));
  return resolution;
}

Result<void> LinuxHost::clock_nanosleep(clockid_t clock, int flags, const timespec& request,
                                        timespec* remaining) {
  TRY(kernel_result<int>(interruptible_syscall(SYS_clock_nanosleep, clock, flags, word_of(&request),
                                               word_of(remaining))));
  return {};
}

Result<size_t> LinuxHost::getrandom(std::span<std::byte> to, uint32_t flags) {
  return checked<size_t>(::getrandom(to.data(), to.size(), flags));
}

Result<void> LinuxHost::sched_yield() { return checked_void(::sched_yield()); }

Result<int64_t> LinuxHost::futex(const void* word, int operation, uint32_t value,
                                 const timespec* timeout, const void* second_word,
                                 uint32_t third_value) {
  return kernel_result<int64_t>(interruptible_syscall(SYS_futex, word_of(word), operation, value,
                                                      word_of(timeout), word_of(second_word),
                                                      third_value));
}

int LinuxHost::thread_id() { return ::gettid(); }

void LinuxHost::interrupt_thread(int thread_id) {
  ::tgkill(::getpid(), thread_id, kInterruptSignal);
}

}  // namespace linden::microvisor
