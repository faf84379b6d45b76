// The seam between the microvisor and the machine: every facility of the host that the microvisor
// uses is one function here, and nothing in microvisor/ enters the kernel otherwise. Tests put a
// FaultInjectingHost in between.
//
// Contract: calls that may wait are interruptible (interruption.h). Descriptors are host file
// descriptors. Every function may fail with any errno the kernel documents. Functions that create a
// descriptor set close-on-exec, and hand out a HostFd, which closes it.
// Ownership: a Host outlives every HostFd, OpenFile and Cage made with it.
// Thread-safety: all functions may be called concurrently.
#pragma once

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/sysinfo.h>
#include <sys/timex.h>
#include <sys/uio.h>
#include <sys/utsname.h>
#include <time.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "microvisor/abi.h"
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

// A thread of the host's that is ours; joined by the destructor. Empty after a move.
class HostThread {
 public:
  HostThread() = default;
  explicit HostThread(pthread_t thread) : thread_(thread) {}
  HostThread(HostThread&& other) noexcept : thread_(std::exchange(other.thread_, std::nullopt)) {}
  HostThread& operator=(HostThread&& other) noexcept {
    join();
    thread_ = std::exchange(other.thread_, std::nullopt);
    return *this;
  }
  ~HostThread() { join(); }

  explicit operator bool() const { return thread_.has_value(); }
  void join() {
    if (thread_) pthread_join(*std::exchange(thread_, std::nullopt), nullptr);
  }

 private:
  std::optional<pthread_t> thread_;
};

// Arguments of openat2(2).
struct OpenHow {
  uint64_t flags = 0;
  // What a new file gets, exactly: the host's umask doesn't apply.
  uint64_t mode = 0;
  uint64_t resolve = 0;
};

// Both ends of a pipe.
struct HostPipe {
  HostFd read_end;
  HostFd write_end;
};

// Whose rights everything here is done with.
struct HostIdentity {
  uid_t real_user, effective_user, saved_user;
  gid_t real_group, effective_group, saved_group;
  std::vector<gid_t> groups;
};

// Pages of the host's memory.
struct TouchedPages {
  std::byte* start;
  std::byte* end;
  bool is_written = true;  // false only if find_written() knows that they are not
};

class Host {
 public:
  virtual ~Host() = default;

  // Descriptors.
  virtual Result<HostFd> openat2(int directory, const char* path, const OpenHow& how) = 0;
  virtual Result<HostFd> duplicate(int fd) = 0;
  virtual void close(int fd) = 0;

  // Like pipe2(2); `flags` are O_NONBLOCK and O_DIRECT.
  virtual Result<HostPipe> pipe(int flags) = 0;
  virtual Result<HostFd> eventfd(uint32_t count, int flags) = 0;
  // Adds one to an eventfd. Never waits and isn't interrupted: a wake-up must not get lost.
  virtual void post_event(int event) = 0;
  virtual Result<HostFd> timerfd_create(clockid_t clock, int flags) = 0;
  virtual Result<itimerspec> timerfd_settime(int fd, int flags, const itimerspec& value) = 0;
  virtual Result<itimerspec> timerfd_gettime(int fd) = 0;
  // Takes the number of expirations off a timerfd that doesn't block; EAGAIN if it is 0. Not
  // interruptible.
  virtual Result<uint64_t> timerfd_expirations(int fd) = 0;
  virtual Result<HostFd> epoll_create() = 0;
  virtual Result<void> epoll_ctl(int epoll, int operation, int fd, epoll_event event) = 0;
  // A null timeout waits forever.
  virtual Result<int> epoll_wait(int epoll, std::span<epoll_event> events,
                                 const timespec* timeout) = 0;
  virtual Result<HostFd> inotify_create(int flags) = 0;
  // Watches the very file that `fd` (maybe O_PATH) is open on.
  virtual Result<int> inotify_add_watch(int inotify, int fd, uint32_t mask) = 0;
  virtual Result<void> inotify_remove_watch(int inotify, int watch) = 0;

  // Input and output.
  virtual Result<size_t> readv(int fd, std::span<const iovec> to) = 0;
  virtual Result<size_t> writev(int fd, std::span<const iovec> from) = 0;
  virtual Result<size_t> preadv(int fd, std::span<const iovec> to, int64_t offset) = 0;
  virtual Result<size_t> pwritev(int fd, std::span<const iovec> from, int64_t offset) = 0;
  // An offset of -1 is the current position; `flags` are RWF_*.
  virtual Result<size_t> preadv2(int fd, std::span<const iovec> to, int64_t offset, int flags) = 0;
  virtual Result<size_t> pwritev2(int fd, std::span<const iovec> from, int64_t offset,
                                  int flags) = 0;
  // Null offsets: the file's own position is used and moved.
  virtual Result<size_t> sendfile(int to, int from, int64_t* offset, size_t count) = 0;
  virtual Result<size_t> copy_file_range(int from, int64_t* from_offset, int to, int64_t* to_offset,
                                         size_t count) = 0;
  virtual Result<size_t> splice(int from, int64_t* from_offset, int to, int64_t* to_offset,
                                size_t count, uint32_t flags) = 0;
  virtual Result<size_t> tee(int from, int to, size_t count, uint32_t flags) = 0;
  virtual Result<int64_t> lseek(int fd, int64_t offset, int whence) = 0;
  virtual Result<void> fsync(int fd) = 0;
  virtual Result<void> fdatasync(int fd) = 0;
  virtual Result<int> status_flags(int fd) = 0;
  virtual Result<void> set_status_flags(int fd, int flags) = 0;
  virtual Result<uint64_t> bytes_available(int fd) = 0;
  // F_GETPIPE_SZ, F_SETPIPE_SZ, F_GET_SEALS, F_ADD_SEALS of fcntl(2); nothing else.
  virtual Result<int> control(int fd, int command, int argument) = 0;
  // F_OFD_GETLK, F_OFD_SETLK or F_OFD_SETLKW. Only the last is interruptible: it alone waits.
  virtual Result<void> record_lock(int fd, int command, struct flock* lock) = 0;
  virtual Result<void> flock(int fd, int operation) = 0;
  virtual Result<void> sync() = 0;
  virtual Result<void> syncfs(int fd) = 0;
  virtual Result<void> sync_file_range(int fd, int64_t offset, int64_t length, uint32_t flags) = 0;
  virtual Result<void> readahead(int fd, int64_t offset, size_t count) = 0;
  // A null timeout waits forever.
  virtual Result<int> poll(std::span<pollfd> fds, const timespec* timeout) = 0;

  // Metadata.
  virtual Result<struct stat> fstat(int fd) = 0;
  // Works for O_PATH descriptors too.
  virtual Result<void> ftruncate(int fd, int64_t size) = 0;
  virtual Result<void> fallocate(int fd, int mode, int64_t offset, int64_t length) = 0;
  virtual Result<void> fadvise(int fd, int64_t offset, int64_t length, int advice) = 0;
  // Works for O_PATH descriptors too, also of a symbolic link. `times` is {access, modification}.
  virtual Result<void> set_times(int fd, std::span<const timespec, 2> times) = 0;

  // All of these work for O_PATH descriptors too, also of a symbolic link (which is not followed).
  virtual Result<struct statfs> fstatfs(int fd) = 0;
  virtual Result<struct statx> statx(int fd, int flags, uint32_t mask) = 0;
  // Whether the host's user may do `mode` (R_OK, W_OK, X_OK) with the file.
  virtual Result<void> access(int fd, int mode) = 0;
  virtual Result<void> change_mode(int fd, uint32_t mode) = 0;
  // -1 leaves an id as it is.
  virtual Result<void> change_owner(int fd, uid_t user, gid_t group) = 0;
  virtual Result<size_t> get_attribute(int fd, const char* name, std::span<std::byte> to) = 0;
  virtual Result<void> set_attribute(int fd, const char* name, std::span<const std::byte> value,
                                     int flags) = 0;
  virtual Result<size_t> list_attributes(int fd, std::span<std::byte> to) = 0;
  virtual Result<void> remove_attribute(int fd, const char* name) = 0;

  // Terminals.
  virtual Result<GuestTermios> terminal_attributes(int fd) = 0;
  // `request` is TCSETS, TCSETSW or TCSETSF.
  virtual Result<void> set_terminal_attributes(int fd, uint64_t request,
                                               const GuestTermios& attributes) = 0;
  virtual Result<GuestWindowSize> window_size(int fd) = 0;
  virtual Result<void> set_window_size(int fd, const GuestWindowSize& size) = 0;
  // An integer that a request reads: TIOCOUTQ, TIOCGPTN, TIOCGETD.
  virtual Result<int> terminal_number(int fd, uint64_t request) = 0;
  virtual Result<void> drain_terminal(int fd) = 0;
  // Whether the host process is in the terminal's foreground process group.
  virtual Result<bool> is_foreground(int fd) = 0;

  // Directories. `leaf` is one path component (see path_operations.cpp).
  virtual Result<size_t> getdents(int fd, std::span<std::byte> to) = 0;
  // The target of a symbolic link opened with O_PATH | O_NOFOLLOW.
  virtual Result<size_t> readlink(int fd, std::span<std::byte> to) = 0;
  // The path by which the kernel knows an open file (proc(5), /proc/PID/fd), as it is at this
  // moment; ENAMETOOLONG if it has PATH_MAX bytes or more. Anyone may rename it meanwhile.
  virtual Result<std::string> descriptor_path(int fd) = 0;
  // `mode` is exact, as OpenHow::mode is.
  virtual Result<void> mkdirat(int directory, const char* leaf, uint32_t mode) = 0;
  // `mode` holds the type too: a regular file or a FIFO. Exact, as OpenHow::mode is.
  virtual Result<void> mknodat(int directory, const char* leaf, uint32_t mode) = 0;
  virtual Result<void> unlinkat(int directory, const char* leaf, int flags) = 0;
  virtual Result<void> renameat2(int old_directory, const char* old_leaf, int new_directory,
                                 const char* new_leaf, uint32_t flags) = 0;
  virtual Result<void> linkat(int old_directory, const char* old_leaf, int new_directory,
                              const char* new_leaf) = 0;
  // Links the very file that `fd` (maybe O_PATH) is open on.
  virtual Result<void> link_descriptor(int fd, int new_directory, const char* new_leaf) = 0;
  virtual Result<void> symlinkat(const char* target, int directory, const char* leaf) = 0;

  // Memory. Addresses are the host's; see mmap(2), mremap(2) and so on. A call that replaces
  // mappings and fails may have removed what was there.
  virtual Result<std::byte*> mmap(std::byte* address, size_t length, int protection, int flags,
                                  int fd, int64_t offset) = 0;
  // Of a range that the caller mapped. If the host refuses, the range stays as it is: a leak.
  virtual void munmap(std::byte* address, size_t length) = 0;
  virtual Result<void> mprotect(std::byte* address, size_t length, int protection) = 0;
  virtual Result<std::byte*> mremap(std::byte* old_address, size_t old_length, size_t new_length,
                                    int flags, std::byte* new_address) = 0;
  virtual Result<void> madvise(std::byte* address, size_t length, int advice) = 0;
  virtual Result<void> msync(std::byte* address, size_t length, int flags) = 0;
  // `pages` has a byte for each page of the range.
  virtual Result<void> mincore(std::byte* address, size_t length, std::span<uint8_t> pages) = 0;
  // Where in [start, end) there are pages with contents of their own, in memory or swapped out:
  // fills `ranges` from the front, and says how many. Fewer than it holds: these are all; otherwise
  // ask again from the end of the last one. May name pages without contents, but misses none.
  virtual Result<size_t> find_touched(const std::byte* start, const std::byte* end,
                                      std::span<TouchedPages> ranges) = 0;
  // From now on the host knows which pages of [start, end), private and anonymous, are written. An
  // economy that the host may refuse.
  virtual Result<void> track_writes(const std::byte* start, const std::byte* end) = 0;
  // As find_touched(), and says of each page whether it was written since track_writes() or since
  // this last named it. EPERM if not all of [start, end) is tracked: then nothing is known of any
  // page, and track_writes() must begin again. Mapping anew ends tracking.
  virtual Result<size_t> find_written(const std::byte* start, const std::byte* end,
                                      std::span<TouchedPages> ranges) = 0;
  // Forgets what was written in [start, end). EPERM as find_written().
  virtual Result<void> forget_writes(const std::byte* start, const std::byte* end) = 0;
  // `flags` as for mlock2(2).
  virtual Result<void> mlock(std::byte* address, size_t length, int flags) = 0;
  virtual Result<void> munlock(std::byte* address, size_t length) = 0;
  virtual Result<HostFd> memfd_create(const char* name, uint32_t flags) = 0;
  virtual Result<int> membarrier(int command, uint32_t flags) = 0;

  // Sockets.
  virtual Result<HostFd> accept(int fd, int flags) = 0;
  virtual Result<size_t> recvmsg(int fd, msghdr* message, int flags) = 0;
  virtual Result<size_t> sendmsg(int fd, const msghdr& message, int flags) = 0;
  virtual Result<void> shutdown(int fd, int how) = 0;
  // Of AF_UNIX, not waiting.
  virtual Result<std::pair<HostFd, HostFd>> socketpair(int type) = 0;
  // getsockopt(2): how long the value is, of which as much is written as there is room for.
  virtual Result<size_t> socket_option(int fd, int level, int name, std::span<std::byte> value) = 0;
  virtual Result<void> set_socket_option(int fd, int level, int name,
                                         std::span<const std::byte> value) = 0;

  // Time, chance, scheduling.
  virtual Result<timespec> clock_gettime(clockid_t clock) = 0;
  virtual Result<timespec> clock_getres(clockid_t clock) = 0;
  // On EINTR of a relative sleep `*remaining` is what is left.
  virtual Result<void> clock_nanosleep(clockid_t clock, int flags, const timespec& request,
                                       timespec* remaining) = 0;
  virtual Result<size_t> getrandom(std::span<std::byte> to, uint32_t flags) = 0;
  virtual Result<void> sched_yield() = 0;
  // The clock's adjustment as adjtimex(2) reports it, and the clock's state.
  virtual Result<int> clock_adjustment(clockid_t clock, timex* adjustment) = 0;
  // What a thread of the process, named by thread_id(), has used. EINVAL if it has ended.
  virtual Result<timespec> processor_time(int thread_id) = 0;
  // RUSAGE_SELF is the whole host process, RUSAGE_THREAD the calling thread.
  virtual Result<rusage> resource_usage(int who) = 0;
  // Of one thread of the process, named by thread_id(); bit n of byte n / 8. ESRCH if it has ended.
  virtual Result<void> set_affinity(int thread_id, std::span<const std::byte> mask) = 0;
  virtual Result<timespec> scheduling_interval() = 0;
  virtual Result<void> current_cpu(unsigned* cpu, unsigned* node) = 0;

  // The machine and the user.
  virtual utsname system_name() = 0;
  virtual Result<struct sysinfo> system_information() = 0;
  virtual HostIdentity identity() = 0;
  // The umask that the process was started with.
  virtual uint32_t creation_mask() = 0;
  // The processors that it was started with, as for set_affinity(); as long as the kernel's masks
  // are.
  virtual std::span<const std::byte> processors() = 0;

  // Threads.
  // futex(2) as it is: `timeout` is a count for the operations that take one. The words are the
  // guest's. Only FUTEX_WAIT and FUTEX_WAIT_BITSET are interruptible: a wake-up must not get lost.
  virtual Result<int64_t> futex(const void* word, int operation, uint32_t value,
                                const timespec* timeout, const void* second_word,
                                uint32_t third_value) = 0;
  // Runs body(argument) on a thread with the caller's signal mask, which nobody joins.
  virtual Result<void> start_detached_thread(size_t stack_size, void* (*body)(void*),
                                             void* argument) = 0;
  // Runs `body` on a thread that no signal is delivered to.
  virtual Result<HostThread> start_thread(std::function<void()> body) = 0;
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
