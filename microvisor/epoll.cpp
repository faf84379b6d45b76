// epoll(7), by an epoll set of the host. Each open file of ours has one descriptor on the host, so
// the host's set is keyed by the open file where Linux's is by open file and descriptor: two
// duplicates of one descriptor are one entry.

#include <fcntl.h>
#include <sys/epoll.h>

#include <algorithm>
#include <vector>

#include "microvisor/host_file.h"
#include "microvisor/poll.h"
#include "microvisor/syscall_helpers.h"

namespace linden::microvisor {

namespace {

// At most this many events are returned at once, whatever the guest's buffer holds.
constexpr int kMaxEvents = 1024;

SyscallResult wait_for_events(Cage& cage, int fd, GuestPtr<GuestEpollEvent> to, int count,
                              const timespec* timeout) {
  if (count <= 0 || count > INT_MAX / static_cast<int>(sizeof(GuestEpollEvent))) {
    return Error{EINVAL};
  }
  auto file = TRY(usable_file(cage, fd));
  int epoll = TRY(file->host_descriptor());
  TRY(cage.memory().check(GuestSpan<GuestEpollEvent>{to, static_cast<uint32_t>(count)}));
  std::vector<epoll_event> events(std::min(count, kMaxEvents));
  int ready = TRY(cage.host().epoll_wait(epoll, events, timeout));
  std::vector<GuestEpollEvent> guest(ready);
  for (int i = 0; i < ready; ++i) guest[i] = {events[i].events, events[i].data.u64};
  TRY(cage.memory().copy_out(to, std::span<const GuestEpollEvent>(guest)));
  return ready;
}

}  // namespace

SyscallResult sys_epoll_create1(Cage& cage, int flags) {
  if (flags & ~EPOLL_CLOEXEC) return Error{EINVAL};
  HostFd fd = TRY(cage.host().epoll_create());
  return publish(cage, HostFile::stream(cage.host(), std::move(fd)), flags);
}

SyscallResult sys_epoll_create(Cage& cage, int size) {
  if (size <= 0) return Error{EINVAL};
  return sys_epoll_create1(cage, 0);
}

SyscallResult sys_epoll_ctl(Cage& cage, int fd, int operation, int target,
                            GuestPtr<GuestEpollEvent> event) {
  epoll_event wanted{};
  if (operation != EPOLL_CTL_DEL) {
    GuestEpollEvent guest = TRY(cage.memory().read(event));
    // EPOLLWAKEUP would keep the host from suspending.
    wanted.events = guest.events & ~uint32_t{EPOLLWAKEUP};
    wanted.data.u64 = guest.data;
  }
  auto set = TRY(usable_file(cage, fd));
  auto file = TRY(usable_file(cage, target));
  int target_fd = TRY(file->pollable());
  return to_zero(cage.host().epoll_ctl(TRY(set->host_descriptor()), operation, target_fd, wanted));
}

SyscallResult sys_epoll_wait(Cage& cage, int fd, GuestPtr<GuestEpollEvent> to, int count,
                             int timeout_ms) {
  std::optional<timespec> timeout = from_milliseconds(timeout_ms);
  return wait_for_events(cage, fd, to, count, timeout ? &*timeout : nullptr);
}

SyscallResult sys_epoll_pwait(Thread& thread, int fd, GuestPtr<GuestEpollEvent> to, int count,
                              int timeout_ms, GuestPtr<GuestSignalSet> mask, uint32_t mask_size) {
  Cage& cage = thread.cage();
  return wait_with_mask(thread, TRY(read_wait_mask(cage, mask, mask_size)),
                        [&] { return sys_epoll_wait(cage, fd, to, count, timeout_ms); });
}

SyscallResult sys_epoll_pwait2(Thread& thread, int fd, GuestPtr<GuestEpollEvent> to, int count,
                               GuestPtr<GuestTimespec> timeout, GuestPtr<GuestSignalSet> mask,
                               uint32_t mask_size) {
  Cage& cage = thread.cage();
  std::optional<timespec> wanted = TRY(read_timeout(cage, timeout));
  return wait_with_mask(thread, TRY(read_wait_mask(cage, mask, mask_size)), [&] {
    return wait_for_events(cage, fd, to, count, wanted ? &*wanted : nullptr);
  });
}

}  // namespace linden::microvisor
