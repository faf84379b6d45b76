// LinuxHost: waiting, and the files that exist to be waited for.

#include <poll.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <algorithm>
#include <limits>

#include "microvisor/linux_host.h"
#include "microvisor/linux_host_internal.h"

namespace linden::microvisor {

namespace {

// epoll_wait's unit; rounded up, so that a wait is never shorter than asked for.
int to_milliseconds(const timespec* timeout) {
  if (!timeout) return -1;
  constexpr int64_t kMost = std::numeric_limits<int>::max();
  if (timeout->tv_sec >= kMost / 1000) return static_cast<int>(kMost);
  return static_cast<int>(timeout->tv_sec * 1000 + (timeout->tv_nsec + 999999) / 1000000);
}

}  // namespace

Result<int> LinuxHost::poll(std::span<pollfd> fds, const timespec* timeout) {
  // The kernel writes what is left of the time; the caller's stays as it is.
  timespec left = timeout ? *timeout : timespec{};
  return kernel_result<int>(interruptible_syscall(SYS_ppoll, word_of(fds.data()),
                                                  static_cast<long>(fds.size()),
                                                  word_of(timeout ? &left : nullptr)));
}

Result<HostFd> LinuxHost::eventfd(uint32_t count, int flags) {
  return HostFd(*this, TRY(checked<int>(::eventfd(count, flags | EFD_CLOEXEC))));
}

void LinuxHost::post_event(int event) { ::eventfd_write(event, 1); }

Result<HostFd> LinuxHost::timerfd_create(clockid_t clock, int flags) {
  return HostFd(*this, TRY(checked<int>(::timerfd_create(clock, flags | TFD_CLOEXEC))));
}

Result<itimerspec> LinuxHost::timerfd_settime(int fd, int flags, const itimerspec& value) {
  itimerspec old;
  TRY(checked_void(::timerfd_settime(fd, flags, &value, &old)));
  return old;
}

Result<itimerspec> LinuxHost::timerfd_gettime(int fd) {
  itimerspec value;
  TRY(checked_void(::timerfd_gettime(fd, &value)));
  return value;
}

Result<uint64_t> LinuxHost::timerfd_expirations(int fd) {
  uint64_t count = 0;
  TRY(checked<size_t>(::read(fd, &count, sizeof(count))));
  return count;
}

Result<HostFd> LinuxHost::epoll_create() {
  return HostFd(*this, TRY(checked<int>(::epoll_create1(EPOLL_CLOEXEC))));
}

Result<void> LinuxHost::epoll_ctl(int epoll, int operation, int fd, epoll_event event) {
  return checked_void(::epoll_ctl(epoll, operation, fd, &event));
}

Result<int> LinuxHost::epoll_wait(int epoll, std::span<epoll_event> events,
                                  const timespec* timeout) {
  return kernel_result<int>(interruptible_syscall(SYS_epoll_pwait, epoll, word_of(events.data()),
                                                  static_cast<long>(events.size()),
                                                  to_milliseconds(timeout)));
}

Result<HostFd> LinuxHost::inotify_create(int flags) {
  return HostFd(*this, TRY(checked<int>(::inotify_init1(flags | IN_CLOEXEC))));
}

Result<int> LinuxHost::inotify_add_watch(int inotify, int fd, uint32_t mask) {
  return checked<int>(::inotify_add_watch(inotify, DescriptorPath(fd).c_str(), mask));
}

Result<void> LinuxHost::inotify_remove_watch(int inotify, int watch) {
  return checked_void(::inotify_rm_watch(inotify, watch));
}

}  // namespace linden::microvisor
