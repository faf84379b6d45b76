// The seam between the microvisor and the machine: every facility of the host that the microvisor
// uses is one function here, and nothing in microvisor/ enters the kernel otherwise. Tests put a
// FaultInjectingHost in between.
//
// Contract: calls that may wait are interruptible (interruption.h). Descriptors are host file
// descriptors. Every function may fail with any errno the kernel documents. Functions that create a
// descriptor set close-on-exec, and hand out a HostFd, which closes it. Ownership: a Host outlives
// every HostFd, OpenFile and Cage made with it. Thread-safety: all functions may be called
// concurrently.
#pragma once

#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <time.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>

#include "microvisor/result.h"

namespace linden::microvisor {

class Host;

// Owns one host descriptor. Empty after a move.
class HostFd {
 public:
  HostFd() = default;
  HostFd(Host& host, int fd) : host_(&host), fd_(fd) {}
  HostFd(HostFd&& other) noexcept : host_(other.host_), fd_(std::exchange(other.fd_, -1)) {}
  HostFd& operator=(HostFd&& other) noexcept {
    if (this != &other) {
      reset();
      host_ = other.host_;
      fd_ = std::exchange(other.fd_, -1);
    }
    return *this;
  }
  ~HostFd() { reset(); }

  int get() const { return fd_; }
  inline void reset();

 private:
  Host* host_ = nullptr;
  int fd_ = -1;
};

// Arguments of openat2(2).
struct OpenHow {
  uint64_t flags = 0;
  uint64_t mode = 0;
  uint64_t resolve = 0;
};

class Host {
 public:
  virtual ~Host() = default;

  // Descriptors.
  virtual Result<HostFd> openat2(int directory, const char* path, const OpenHow& how) = 0;
  virtual Result<HostFd> duplicate(int fd) = 0;
  virtual void close(int fd) = 0;

  // Input and output.
  virtual Result<size_t> readv(int fd, std::span<const iovec> to) = 0;
  virtual Result<size_t> writev(int fd, std::span<const iovec> from) = 0;
  virtual Result<size_t> preadv(int fd, std::span<const iovec> to, int64_t offset) = 0;
  virtual Result<size_t> pwritev(int fd, std::span<const iovec> from, int64_t offset) = 0;
  virtual Result<int64_t> lseek(int fd, int64_t offset, int whence) = 0;
  virtual Result<void> fsync(int fd) = 0;
  virtual Result<void> fdatasync(int fd) = 0;
  virtual Result<int> status_flags(int fd) = 0;
  virtual Result<void> set_status_flags(int fd, int flags) = 0;
  virtual Result<uint64_t> bytes_available(int fd) = 0;
  // A null timeout waits forever.
  virtual Result<int> poll(std::span<pollfd> fds, const timespec* timeout) = 0;

  // Metadata.
  virtual Result<struct stat> fstat(int fd) = 0;
  virtual Result<void> ftruncate(int fd, int64_t size) = 0;
  virtual Result<void> fallocate(int fd, int mode, int64_t offset, int64_t length) = 0;
  virtual Result<void> fadvise(int fd, int64_t offset, int64_t length, int advice) = 0;
  // Works for O_PATH descriptors too, also of a symbolic link. `times` is {access, modification}.
  virtual Result<void> set_times(int fd, std::span<const timespec, 2> times) = 0;

  // Directories. `leaf` is one path component (see path_operations.cpp).
  virtual Result<size_t> getdents(int fd, std::span<std::byte> to) = 0;
  // The target of a symbolic link opened with O_PATH | O_NOFOLLOW.
  virtual Result<size_t> readlink(int fd, std::span<std::byte> to) = 0;
  // The path by which the kernel knows an open file (proc(5), /proc/PID/fd), as it is at this
  // moment; ENAMETOOLONG if it has PATH_MAX bytes or more. Anyone may rename it meanwhile.
  virtual Result<std::string> descriptor_path(int fd) = 0;
  virtual Result<void> mkdirat(int directory, const char* leaf, uint32_t mode) = 0;
  virtual Result<void> unlinkat(int directory, const char* leaf, int flags) = 0;
  virtual Result<void> renameat2(int old_directory, const char* old_leaf, int new_directory,
                                 const char* new_leaf, uint32_t flags) = 0;
  virtual Result<void> linkat(int old_directory, const char* old_leaf, int new_directory,
                              const char* new_leaf) = 0;
  // Links the very file that `fd` (maybe O_PATH) is open on.
  virtual Result<void> link_descriptor(int fd, int new_directory, const char* new_leaf) = 0;
  virtual Result<void> symlinkat(const char* target, int directory, const char* leaf) = 0;

  // Sockets.
  virtual Result<HostFd> accept(int fd, int flags) = 0;
  virtual Result<size_t> recvmsg(int fd, msghdr* message, int flags) = 0;
  virtual Result<size_t> sendmsg(int fd, const msghdr& message, int flags) = 0;
  virtual Result<void> shutdown(int fd, int how) = 0;

  // Time, chance, scheduling.
  virtual Result<timespec> clock_gettime(clockid_t clock) = 0;
  virtual Result<timespec> clock_getres(clockid_t clock) = 0;
  // On EINTR of a relative sleep `*remaining` is what is left.
  virtual Result<void> clock_nanosleep(clockid_t clock, int flags, const timespec& request,
                                       timespec* remaining) = 0;
  virtual Result<size_t> getrandom(std::span<std::byte> to, uint32_t flags) = 0;
  virtual Result<void> sched_yield() = 0;

  // Threads.
  // futex(2) as it is: `timeout` is a count for the operations that take one. The words are the
  // guest's.
  virtual Result<int64_t> futex(const void* word, int operation, uint32_t value,
                                const timespec* timeout, const void* second_word,
                                uint32_t third_value) = 0;
  // The calling thread, for interrupt_thread.
  virtual int thread_id() = 0;
  // Makes the interruptible call that the thread is in, or is about to make, give up; see
  // interruption.h. Nothing happens if the thread has ended.
  virtual void interrupt_thread(int thread_id) = 0;
};

void HostFd::reset() {
  if (fd_ >= 0) host_->close(std::exchange(fd_, -1));
}

}  // namespace linden::microvisor
