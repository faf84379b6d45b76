// The Host that is the Linux kernel.
#pragma once

#include "microvisor/host.h"

namespace linden::microvisor {

// Construction ignores SIGPIPE and SIGXFSZ process-wide if they have their default action: a guest
// that writes to a closed pipe must get EPIPE and not end the process that hosts all the others.
class LinuxHost final : public Host {
 public:
  LinuxHost();

  Result<HostFd> openat2(int directory, const char* path, const OpenHow& how) override;
  Result<HostFd> duplicate(int fd) override;
  void close(int fd) override;

  Result<size_t> readv(int fd, std::span<const iovec> to) override;
  Result<size_t> writev(int fd, std::span<const iovec> from) override;
  Result<size_t> preadv(int fd, std::span<const iovec> to, int64_t offset) override;
  Result<size_t> pwritev(int fd, std::span<const iovec> from, int64_t offset) override;
  Result<int64_t> lseek(int fd, int64_t offset, int whence) override;
  Result<void> fsync(int fd) override;
  Result<void> fdatasync(int fd) override;
  Result<int> status_flags(int fd) override;
  Result<void> set_status_flags(int fd, int flags) override;
  Result<uint64_t> bytes_available(int fd) override;
  Result<int> poll(std::span<pollfd> fds, const timespec* timeout) override;

  Result<struct stat> fstat(int fd) override;
  Result<void> ftruncate(int fd, int64_t size) override;
  Result<void> fallocate(int fd, int mode, int64_t offset, int64_t length) override;
  Result<void> fadvise(int fd, int64_t offset, int64_t length, int advice) override;
  Result<void> set_times(int fd, std::span<const timespec, 2> times) override;

  Result<size_t> getdents(int fd, std::span<std::byte> to) override;
  Result<size_t> readlink(int fd, std::span<std::byte> to) override;
  Result<std::string> descriptor_path(int fd) override;
  Result<void> mkdirat(int directory, const char* leaf, uint32_t mode) override;
  Result<void> unlinkat(int directory, const char* leaf, int flags) override;
  Result<void> renameat2(int old_directory, const char* old_leaf, int new_directory,
                         const char* new_leaf, uint32_t flags) override;
  Result<void> linkat(int old_directory, const char* old_leaf, int new_directory,
                      const char* new_leaf) override;
  Result<void> link_descriptor(int fd, int new_directory, const char* new_leaf) override;
  Result<void> symlinkat(const char* target, int directory, const char* leaf) override;

  Result<HostFd> accept(int fd, int flags) override;
  Result<size_t> recvmsg(int fd, msghdr* message, int flags) override;
  Result<size_t> sendmsg(int fd, const msghdr& message, int flags) override;
  Result<void> shutdown(int fd, int how) override;

  Result<timespec> clock_gettime(clockid_t clock) override;
  Result<timespec> clock_getres(clockid_t clock) override;
  Result<void> clock_nanosleep(clockid_t clock, int flags, const timespec& request,
                               timespec* remaining) override;
  Result<size_t> getrandom(std::span<std::byte> to, uint32_t flags) override;
  Result<void> sched_yield() override;

  Result<int64_t> futex(const void* word, int operation, uint32_t value, const timespec* timeout,
                        const void* second_word, uint32_t third_value) override;
  int thread_id() override;
  void interrupt_thread(int thread_id) override;
};

}  // namespace linden::microvisor
