// A Host that passes everything on to another one, except that a chosen call fails. For tests.
#pragma once

#include <atomic>
#include <limits>

#include "microvisor/host.h"

namespace linden::microvisor {

// Thread-safety: as Host; faults should be set up while nothing is running.
class FaultInjectingHost final : public Host {
 public:
  // `inner` outlives this object.
  explicit FaultInjectingHost(Host& inner) : inner_(inner) {}

  // The n-th call from now on (1 is the next) fails with `error` without being made.
  void fail_call(int64_t n, int error) {
    error_ = error;
    countdown_ = n;
  }
  void fail_none() { countdown_ = kNever; }
  // Whether the chosen call has happened.
  bool has_failed() const { return countdown_ <= 0; }

  Result<HostFd> openat2(int directory, const char* path, const OpenHow& how) override {
    TRY(next_call());
    return inner_.openat2(directory, path, how);
  }
  Result<HostFd> duplicate(int fd) override {
    TRY(next_call());
    return inner_.duplicate(fd);
  }
  Result<size_t> readv(int fd, std::span<const iovec> to) override {
    TRY(next_call());
    return inner_.readv(fd, to);
  }
  Result<size_t> writev(int fd, std::span<const iovec> from) override {
    TRY(next_call());
    return inner_.writev(fd, from);
  }
  Result<size_t> preadv(int fd, std::span<const iovec> to, int64_t offset) override {
    TRY(next_call());
    return inner_.preadv(fd, to, offset);
  }
  Result<size_t> pwritev(int fd, std::span<const iovec> from, int64_t offset) override {
    TRY(next_call());
    return inner_.pwritev(fd, from, offset);
  }
  Result<int64_t> lseek(int fd, int64_t offset, int whence) override {
    TRY(next_call());
    return inner_.lseek(fd, offset, whence);
  }
  Result<void> fsync(int fd) override {
    TRY(next_call());
    return inner_.fsync(fd);
  }
  Result<void> fdatasync(int fd) override {
    TRY(next_call());
    return inner_.fdatasync(fd);
  }
  Result<int> status_flags(int fd) override {
    TRY(next_call());
    return inner_.status_flags(fd);
  }
  Result<void> set_status_flags(int fd, int flags) override {
    TRY(next_call());
    return inner_.set_status_flags(fd, flags);
  }
  Result<uint64_t> bytes_available(int fd) override {
    TRY(next_call());
    return inner_.bytes_available(fd);
  }
  Result<int> poll(std::span<pollfd> fds, const timespec* timeout) override {
    TRY(next_call());
    return inner_.poll(fds, timeout);
  }
  Result<struct stat> fstat(int fd) override {
    TRY(next_call());
    return inner_.fstat(fd);
  }
  Result<void> ftruncate(int fd, int64_t size) override {
    TRY(next_call());
    return inner_.ftruncate(fd, size);
  }
  Result<void> fallocate(int fd, int mode, int64_t offset, int64_t length) override {
    TRY(next_call());
    return inner_.fallocate(fd, mode, offset, length);
  }
  Result<void> fadvise(int fd, int64_t offset, int64_t length, int advice) override {
    TRY(next_call());
    return inner_.fadvise(fd, offset, length, advice);
  }
  Result<void> set_times(int fd, std::span<const timespec, 2> times) override {
    TRY(next_call());
    return inner_.set_times(fd, times);
  }
  Result<size_t> getdents(int fd, std::span<std::byte> to) override {
    TRY(next_call());
    return inner_.getdents(fd, to);
  }
  Result<size_t> readlink(int fd, std::span<std::byte> to) override {
    TRY(next_call());
    return inner_.readlink(fd, to);
  }
  Result<std::string> descriptor_path(int fd) override {
    TRY(next_call());
    return inner_.descriptor_path(fd);
  }
  Result<void> mkdirat(int directory, const char* leaf, uint32_t mode) override {
    TRY(next_call());
    return inner_.mkdirat(directory, leaf, mode);
  }
  Result<void> unlinkat(int directory, const char* leaf, int flags) override {
    TRY(next_call());
    return inner_.unlinkat(directory, leaf, flags);
  }
  Result<void> renameat2(int old_directory, const char* old_leaf, int new_directory,
                         const char* new_leaf, uint32_t flags) override {
    TRY(next_call());
    return inner_.renameat2(old_directory, old_leaf, new_directory, new_leaf, flags);
  }
  Result<void> linkat(int old_directory, const char* old_leaf, int new_directory,
                      const char* new_leaf) override {
    TRY(next_call());
    return inner_.linkat(old_directory, old_leaf, new_directory, new_leaf);
  }
  Result<void> link_descriptor(int fd, int new_directory, const char* new_leaf) override {
    TRY(next_call());
    return inner_.link_descriptor(fd, new_directory, new_leaf);
  }
  Result<void> symlinkat(const char* target, int directory, const char* leaf) override {
    TRY(next_call());
    return inner_.symlinkat(target, directory, leaf);
  }
  Result<HostFd> accept(int fd, int flags) override {
    TRY(next_call());
    return inner_.accept(fd, flags);
  }
  Result<size_t> recvmsg(int fd, msghdr* message, int flags) override {
    TRY(next_call());
    return inner_.recvmsg(fd, message, flags);
  }
  Result<size_t> sendmsg(int fd, const msghdr& message, int flags) override {
    TRY(next_call());
    return inner_.sendmsg(fd, message, flags);
  }
  Result<void> shutdown(int fd, int how) override {
    TRY(next_call());
    return inner_.shutdown(fd, how);
  }
  Result<timespec> clock_gettime(clockid_t clock) override {
    TRY(next_call());
    return inner_.clock_gettime(clock);
  }
  Result<timespec> clock_getres(clockid_t clock) override {
    TRY(next_call());
    return inner_.clock_getres(clock);
  }
  Result<void> clock_nanosleep(clockid_t clock, int flags, const timespec& request,
                               timespec* remaining) override {
    TRY(next_call());
    return inner_.clock_nanosleep(clock, flags, request, remaining);
  }
  Result<size_t> getrandom(std::span<std::byte> to, uint32_t flags) override {
    TRY(next_call());
    return inner_.getrandom(to, flags);
  }
  Result<void> sched_yield() override {
    TRY(next_call());
    return inner_.sched_yield();
  }

  // Closing always closes, as in Linux, and isn't counted.
  void close(int fd) override { inner_.close(fd); }

  Result<int64_t> futex(const void* word, int operation, uint32_t value, const timespec* timeout,
                        const void* second_word, uint32_t third_value) override {
    TRY(next_call());
    return inner_.futex(word, operation, value, timeout, second_word, third_value);
  }
  int thread_id() override { return inner_.thread_id(); }
  void interrupt_thread(int thread_id) override { inner_.interrupt_thread(thread_id); }

 private:
  static constexpr int64_t kNever = std::numeric_limits<int64_t>::max();

  Result<void> next_call() {
    if (countdown_ == kNever || --countdown_ != 0) return {};
    return Error{error_};
  }

  Host& inner_;
  std::atomic<int64_t> countdown_ = kNever;
  std::atomic<int> error_ = 0;
};

}  // namespace linden::microvisor
