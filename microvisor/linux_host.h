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

  Result<HostPipe> pipe(int flags) override;
  Result<HostFd> eventfd(uint32_t count, int flags) override;
  void post_event(int event) override;
  Result<HostFd> timerfd_create(clockid_t clock, int flags) override;
  Result<itimerspec> timerfd_settime(int fd, int flags, const itimerspec& value) override;
  Result<itimerspec> timerfd_gettime(int fd) override;
  Result<uint64_t> timerfd_expirations(int fd) override;
  Result<HostFd> epoll_create() override;
  Result<void> epoll_ctl(int epoll, int operation, int fd, epoll_event event) override;
  Result<int> epoll_wait(int epoll, std::span<epoll_event> events,
                         const timespec* timeout) override;
  Result<HostFd> inotify_create(int flags) override;
  Result<int> inotify_add_watch(int inotify, int fd, uint32_t mask) override;
  Result<void> inotify_remove_watch(int inotify, int watch) override;

  Result<size_t> readv(int fd, std::span<const iovec> to) override;
  Result<size_t> writev(int fd, std::span<const iovec> from) override;
  Result<size_t> preadv(int fd, std::span<const iovec> to, int64_t offset) override;
  Result<size_t> pwritev(int fd, std::span<const iovec> from, int64_t offset) override;
  Result<size_t> preadv2(int fd, std::span<const iovec> to, int64_t offset, int flags) override;
  Result<size_t> pwritev2(int fd, std::span<const iovec> from, int64_t offset, int flags) override;
  Result<size_t> sendfile(int to, int from, int64_t* offset, size_t count) override;
  Result<size_t> copy_file_range(int from, int64_t* from_offset, int to, int64_t* to_offset,
                                 size_t count) override;
  Result<size_t> splice(int from, int64_t* from_offset, int to, int64_t* to_offset, size_t count,
                        uint32_t flags) override;
  Result<size_t> tee(int from, int to, size_t count, uint32_t flags) override;
  Result<int64_t> lseek(int fd, int64_t offset, int whence) override;
  Result<void> fsync(int fd) override;
  Result<void> fdatasync(int fd) override;
  Result<int> status_flags(int fd) override;
  Result<void> set_status_flags(int fd, int flags) override;
  Result<uint64_t> bytes_available(int fd) override;
  Result<int> control(int fd, int command, int argument) override;
  Result<void> record_lock(int fd, int command, struct flock* lock) override;
  Result<void> flock(int fd, int operation) override;
  Result<void> sync() override;
  Result<void> syncfs(int fd) override;
  Result<void> sync_file_range(int fd, int64_t offset, int64_t length, uint32_t flags) override;
  Result<void> readahead(int fd, int64_t offset, size_t count) override;
  Result<int> poll(std::span<pollfd> fds, const timespec* timeout) override;

  Result<struct stat> fstat(int fd) override;
  Result<void> ftruncate(int fd, int64_t size) override;
  Result<void> fallocate(int fd, int mode, int64_t offset, int64_t length) override;
  Result<void> fadvise(int fd, int64_t offset, int64_t length, int advice) override;
  Result<void> set_times(int fd, std::span<const timespec, 2> times) override;

  Result<struct statfs> fstatfs(int fd) override;
  Result<struct statx> statx(int fd, int flags, uint32_t mask) override;
  Result<void> access(int fd, int mode) override;
  Result<void> change_mode(int fd, uint32_t mode) override;
  Result<void> change_owner(int fd, uid_t user, gid_t group) override;
  Result<size_t> get_attribute(int fd, const char* name, std::span<std::byte> to) override;
  Result<void> set_attribute(int fd, const char* name, std::span<const std::byte> value,
                             int flags) override;
  Result<size_t> list_attributes(int fd, std::span<std::byte> to) override;
  Result<void> remove_attribute(int fd, const char* name) override;

  Result<GuestTermios> terminal_attributes(int fd) override;
  Result<void> set_terminal_attributes(int fd, uint64_t request,
                                       const GuestTermios& attributes) override;
  Result<GuestWindowSize> window_size(int fd) override;
  Result<void> set_window_size(int fd, const GuestWindowSize& size) override;
  Result<int> terminal_number(int fd, uint64_t request) override;
  Result<void> drain_terminal(int fd) override;
  Result<bool> is_foreground(int fd) override;

  Result<size_t> getdents(int fd, std::span<std::byte> to) override;
  Result<size_t> readlink(int fd, std::span<std::byte> to) override;
  Result<std::string> descriptor_path(int fd) override;
  Result<void> mkdirat(int directory, const char* leaf, uint32_t mode) override;
  Result<void> mknodat(int directory, const char* leaf, uint32_t mode) override;
  Result<void> unlinkat(int directory, const char* leaf, int flags) override;
  Result<void> renameat2(int old_directory, const char* old_leaf, int new_directory,
                         const char* new_leaf, uint32_t flags) override;
  Result<void> linkat(int old_directory, const char* old_leaf, int new_directory,
                      const char* new_leaf) override;
  Result<void> link_descriptor(int fd, int new_directory, const char* new_leaf) override;
  Result<void> symlinkat(const char* target, int directory, const char* leaf) override;

  Result<std::byte*> mmap(std::byte* address, size_t length, int protection, int flags, int fd,
                          int64_t offset) override;
  void munmap(std::byte* address, size_t length) override;
  Result<void> mprotect(std::byte* address, size_t length, int protection) override;
  Result<std::byte*> mremap(std::byte* old_address, size_t old_length, size_t new_length, int flags,
                            std::byte* new_address) override;
  Result<void> madvise(std::byte* address, size_t length, int advice) override;
  Result<void> msync(std::byte* address, size_t length, int flags) override;
  Result<void> mincore(std::byte* address, size_t length, std::span<uint8_t> pages) override;
  Result<size_t> find_touched(const std::byte* start, const std::byte* end,
                              std::span<TouchedPages> ranges) override;
  Result<void> track_writes(const std::byte* start, const std::byte* end) override;
  Result<size_t> find_written(const std::byte* start, const std::byte* end,
                              std::span<TouchedPages> ranges) override;
  Result<void> forget_writes(const std::byte* start, const std::byte* end) override;
  Result<void> mlock(std::byte* address, size_t length, int flags) override;
  Result<void> munlock(std::byte* address, size_t length) override;
  Result<HostFd> memfd_create(const char* name, uint32_t flags) override;
  Result<int> membarrier(int command, uint32_t flags) override;

  Result<HostFd> accept(int fd, int flags) override;
  Result<size_t> recvmsg(int fd, msghdr* message, int flags) override;
  Result<size_t> sendmsg(int fd, const msghdr& message, int flags) override;
  Result<void> shutdown(int fd, int how) override;
  Result<std::pair<HostFd, HostFd>> socketpair(int type) override;
  Result<size_t> socket_option(int fd, int level, int name, std::span<std::byte> value) override;
  Result<void> set_socket_option(int fd, int level, int name,
                                 std::span<const std::byte> value) override;

  Result<timespec> clock_gettime(clockid_t clock) override;
  Result<timespec> clock_getres(clockid_t clock) override;
  Result<void> clock_nanosleep(clockid_t clock, int flags, const timespec& request,
                               timespec* remaining) override;
  Result<size_t> getrandom(std::span<std::byte> to, uint32_t flags) override;
  Result<void> sched_yield() override;
  Result<int> clock_adjustment(clockid_t clock, timex* adjustment) override;
  Result<timespec> processor_time(int thread_id) override;
  Result<rusage> resource_usage(int who) override;
  Result<void> set_affinity(int thread_id, std::span<const std::byte> mask) override;
  Result<timespec> scheduling_interval() override;
  Result<void> current_cpu(unsigned* cpu, unsigned* node) override;

  utsname system_name() override;
  Result<struct sysinfo> system_information() override;
  HostIdentity identity() override;
  uint32_t creation_mask() override { return creation_mask_; }
  std::span<const std::byte> processors() override { return processors_; }

  Result<int64_t> futex(const void* word, int operation, uint32_t value, const timespec* timeout,
                        const void* second_word, uint32_t third_value) override;
  Result<void> start_detached_thread(size_t stack_size, void* (*body)(void*),
                                     void* argument) override;
  Result<HostThread> start_thread(std::function<void()> body) override;
  int thread_id() override;
  void interrupt_thread(int thread_id) override;

 private:
  // As they were at construction: later, threads of ours may have changed ones for a while, which
  // threads that they start inherit.
  const uint32_t creation_mask_;
  const std::vector<std::byte> processors_;
};

}  // namespace linden::microvisor
