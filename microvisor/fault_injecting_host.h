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
  // For programs: no host fails to wake those who wait at a word of its own, and to sleep there is
  // no resource that could be short.
  void spare_futexes() { spares_futexes_ = true; }
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
  Result<std::byte*> mmap(std::byte* address, size_t length, int protection, int flags, int fd,
                          int64_t offset) override {
    TRY(next_call());
    return inner_.mmap(address, length, protection, flags, fd, offset);
  }
  Result<void> mprotect(std::byte* address, size_t length, int protection) override {
    TRY(next_call());
    return inner_.mprotect(address, length, protection);
  }
  Result<std::byte*> mremap(std::byte* old_address, size_t old_length, size_t new_length, int flags,
                            std::byte* new_address) override {
    TRY(next_call());
    return inner_.mremap(old_address, old_length, new_length, flags, new_address);
  }
  Result<void> madvise(std::byte* address, size_t length, int advice) override {
    TRY(next_call());
    return inner_.madvise(address, length, advice);
  }
  Result<void> msync(std::byte* address, size_t length, int flags) override {
    TRY(next_call());
    return inner_.msync(address, length, flags);
  }
  Result<void> mincore(std::byte* address, size_t length, std::span<uint8_t> pages) override {
    TRY(next_call());
    return inner_.mincore(address, length, pages);
  }
  Result<size_t> find_touched(const std::byte* start, const std::byte* end,
                              std::span<TouchedPages> ranges) override {
    TRY(next_call());
    return inner_.find_touched(start, end, ranges);
  }
  Result<void> track_writes(const std::byte* start, const std::byte* end) override {
    TRY(next_call());
    return inner_.track_writes(start, end);
  }
  Result<size_t> find_written(const std::byte* start, const std::byte* end,
                              std::span<TouchedPages> ranges) override {
    TRY(next_call());
    return inner_.find_written(start, end, ranges);
  }
  Result<void> forget_writes(const std::byte* start, const std::byte* end) override {
    TRY(next_call());
    return inner_.forget_writes(start, end);
  }
  Result<void> mlock(std::byte* address, size_t length, int flags) override {
    TRY(next_call());
    return inner_.mlock(address, length, flags);
  }
  Result<void> munlock(std::byte* address, size_t length) override {
    TRY(next_call());
    return inner_.munlock(address, length);
  }
  Result<HostFd> memfd_create(const char* name, uint32_t flags) override {
    TRY(next_call());
    return inner_.memfd_create(name, flags);
  }
  Result<int> membarrier(int command, uint32_t flags) override {
    TRY(next_call());
    return inner_.membarrier(command, flags);
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
  Result<std::pair<HostFd, HostFd>> socketpair(int type) override {
    TRY(next_call());
    return inner_.socketpair(type);
  }
  Result<size_t> socket_option(int fd, int level, int name, std::span<std::byte> value) override {
    TRY(next_call());
    return inner_.socket_option(fd, level, name, value);
  }
  Result<void> set_socket_option(int fd, int level, int name,
                                 std::span<const std::byte> value) override {
    TRY(next_call());
    return inner_.set_socket_option(fd, level, name, value);
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
  Result<HostPipe> pipe(int flags) override {
    TRY(next_call());
    return inner_.pipe(flags);
  }
  Result<HostFd> eventfd(uint32_t count, int flags) override {
    TRY(next_call());
    return inner_.eventfd(count, flags);
  }
  void post_event(int event) override { inner_.post_event(event); }
  Result<HostFd> timerfd_create(clockid_t clock, int flags) override {
    TRY(next_call());
    return inner_.timerfd_create(clock, flags);
  }
  Result<itimerspec> timerfd_settime(int fd, int flags, const itimerspec& value) override {
    TRY(next_call());
    return inner_.timerfd_settime(fd, flags, value);
  }
  Result<uint64_t> timerfd_expirations(int fd) override {
    TRY(next_call());
    return inner_.timerfd_expirations(fd);
  }
  Result<itimerspec> timerfd_gettime(int fd) override {
    TRY(next_call());
    return inner_.timerfd_gettime(fd);
  }
  Result<HostFd> epoll_create() override {
    TRY(next_call());
    return inner_.epoll_create();
  }
  Result<void> epoll_ctl(int epoll, int operation, int fd, epoll_event event) override {
    TRY(next_call());
    return inner_.epoll_ctl(epoll, operation, fd, event);
  }
  Result<int> epoll_wait(int epoll, std::span<epoll_event> events,
                         const timespec* timeout) override {
    TRY(next_call());
    return inner_.epoll_wait(epoll, events, timeout);
  }
  Result<HostFd> inotify_create(int flags) override {
    TRY(next_call());
    return inner_.inotify_create(flags);
  }
  Result<int> inotify_add_watch(int inotify, int fd, uint32_t mask) override {
    TRY(next_call());
    return inner_.inotify_add_watch(inotify, fd, mask);
  }
  Result<void> inotify_remove_watch(int inotify, int watch) override {
    TRY(next_call());
    return inner_.inotify_remove_watch(inotify, watch);
  }
  Result<size_t> preadv2(int fd, std::span<const iovec> to, int64_t offset, int flags) override {
    TRY(next_call());
    return inner_.preadv2(fd, to, offset, flags);
  }
  Result<size_t> pwritev2(int fd, std::span<const iovec> from, int64_t offset, int flags) override {
    TRY(next_call());
    return inner_.pwritev2(fd, from, offset, flags);
  }
  Result<size_t> sendfile(int to, int from, int64_t* offset, size_t count) override {
    TRY(next_call());
    return inner_.sendfile(to, from, offset, count);
  }
  Result<size_t> copy_file_range(int from, int64_t* from_offset, int to, int64_t* to_offset,
                                 size_t count) override {
    TRY(next_call());
    return inner_.copy_file_range(from, from_offset, to, to_offset, count);
  }
  Result<size_t> splice(int from, int64_t* from_offset, int to, int64_t* to_offset, size_t count,
                        uint32_t flags) override {
    TRY(next_call());
    return inner_.splice(from, from_offset, to, to_offset, count, flags);
  }
  Result<size_t> tee(int from, int to, size_t count, uint32_t flags) override {
    TRY(next_call());
    return inner_.tee(from, to, count, flags);
  }
  Result<int> control(int fd, int command, int argument) override {
    TRY(next_call());
    return inner_.control(fd, command, argument);
  }
  Result<void> record_lock(int fd, int command, struct flock* lock) override {
    TRY(next_call());
    return inner_.record_lock(fd, command, lock);
  }
  Result<void> flock(int fd, int operation) override {
    TRY(next_call());
    return inner_.flock(fd, operation);
  }
  Result<void> sync() override {
    TRY(next_call());
    return inner_.sync();
  }
  Result<void> syncfs(int fd) override {
    TRY(next_call());
    return inner_.syncfs(fd);
  }
  Result<void> sync_file_range(int fd, int64_t offset, int64_t length, uint32_t flags) override {
    TRY(next_call());
    return inner_.sync_file_range(fd, offset, length, flags);
  }
  Result<void> readahead(int fd, int64_t offset, size_t count) override {
    TRY(next_call());
    return inner_.readahead(fd, offset, count);
  }
  Result<struct statfs> fstatfs(int fd) override {
    TRY(next_call());
    return inner_.fstatfs(fd);
  }
  Result<struct statx> statx(int fd, int flags, uint32_t mask) override {
    TRY(next_call());
    return inner_.statx(fd, flags, mask);
  }
  Result<void> access(int fd, int mode) override {
    TRY(next_call());
    return inner_.access(fd, mode);
  }
  Result<void> change_mode(int fd, uint32_t mode) override {
    TRY(next_call());
    return inner_.change_mode(fd, mode);
  }
  Result<void> change_owner(int fd, uid_t user, gid_t group) override {
    TRY(next_call());
    return inner_.change_owner(fd, user, group);
  }
  Result<size_t> get_attribute(int fd, const char* name, std::span<std::byte> to) override {
    TRY(next_call());
    return inner_.get_attribute(fd, name, to);
  }
  Result<void> set_attribute(int fd, const char* name, std::span<const std::byte> value,
                             int flags) override {
    TRY(next_call());
    return inner_.set_attribute(fd, name, value, flags);
  }
  Result<size_t> list_attributes(int fd, std::span<std::byte> to) override {
    TRY(next_call());
    return inner_.list_attributes(fd, to);
  }
  Result<void> remove_attribute(int fd, const char* name) override {
    TRY(next_call());
    return inner_.remove_attribute(fd, name);
  }
  Result<GuestTermios> terminal_attributes(int fd) override {
    TRY(next_call());
    return inner_.terminal_attributes(fd);
  }
  Result<void> set_terminal_attributes(int fd, uint64_t request,
                                       const GuestTermios& attributes) override {
    TRY(next_call());
    return inner_.set_terminal_attributes(fd, request, attributes);
  }
  Result<GuestWindowSize> window_size(int fd) override {
    TRY(next_call());
    return inner_.window_size(fd);
  }
  Result<void> set_window_size(int fd, const GuestWindowSize& size) override {
    TRY(next_call());
    return inner_.set_window_size(fd, size);
  }
  Result<int> terminal_number(int fd, uint64_t request) override {
    TRY(next_call());
    return inner_.terminal_number(fd, request);
  }
  Result<void> drain_terminal(int fd) override {
    TRY(next_call());
    return inner_.drain_terminal(fd);
  }
  Result<bool> is_foreground(int fd) override {
    TRY(next_call());
    return inner_.is_foreground(fd);
  }
  Result<void> mknodat(int directory, const char* leaf, uint32_t mode) override {
    TRY(next_call());
    return inner_.mknodat(directory, leaf, mode);
  }
  Result<int> clock_adjustment(clockid_t clock, timex* adjustment) override {
    TRY(next_call());
    return inner_.clock_adjustment(clock, adjustment);
  }
  Result<timespec> processor_time(int thread_id) override {
    TRY(next_call());
    return inner_.processor_time(thread_id);
  }
  Result<rusage> resource_usage(int who) override {
    TRY(next_call());
    return inner_.resource_usage(who);
  }
  Result<void> set_affinity(int thread_id, std::span<const std::byte> mask) override {
    TRY(next_call());
    return inner_.set_affinity(thread_id, mask);
  }
  Result<timespec> scheduling_interval() override {
    TRY(next_call());
    return inner_.scheduling_interval();
  }
  Result<void> current_cpu(unsigned* cpu, unsigned* node) override {
    TRY(next_call());
    return inner_.current_cpu(cpu, node);
  }
  utsname system_name() override { return inner_.system_name(); }
  Result<struct sysinfo> system_information() override {
    TRY(next_call());
    return inner_.system_information();
  }
  HostIdentity identity() override { return inner_.identity(); }
  uint32_t creation_mask() override { return inner_.creation_mask(); }
  std::span<const std::byte> processors() override { return inner_.processors(); }

  // Closing and unmapping always succeed, and aren't counted.
  void close(int fd) override { inner_.close(fd); }
  void munmap(std::byte* address, size_t length) override { inner_.munmap(address, length); }

  Result<int64_t> futex(const void* word, int operation, uint32_t value, const timespec* timeout,
                        const void* second_word, uint32_t third_value) override {
    if (!spares_futexes_) TRY(next_call());
    return inner_.futex(word, operation, value, timeout, second_word, third_value);
  }
  Result<void> start_detached_thread(size_t stack_size, void* (*body)(void*),
                                     void* argument) override {
    TRY(next_call());
    return inner_.start_detached_thread(stack_size, body, argument);
  }
  Result<HostThread> start_thread(std::function<void()> body) override {
    TRY(next_call());
    return inner_.start_thread(std::move(body));
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
  bool spares_futexes_ = false;
};

}  // namespace linden::microvisor
