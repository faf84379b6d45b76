// Files that exist to be waited for: pipes, event counters, timers, watches. But for pipes they are
// the host's: a read of them blocks and a poll finds them as those of a native program would.

#include <fcntl.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/timerfd.h>

#include <tuple>

#include "microvisor/host_file.h"
#include "microvisor/pipe.h"
#include "microvisor/syscall_helpers.h"

namespace linden::microvisor {

namespace {

SyscallResult publish_stream(Cage& cage, HostFd fd, int flags) {
  return publish(cage, HostFile::stream(cage.host(), std::move(fd)), flags);
}

Result<int> host_descriptor(Cage& cage, int fd) {
  return TRY(usable_file(cage, fd))->host_descriptor();
}

}  // namespace

SyscallResult sys_pipe2(Cage& cage, GuestPtr<int32_t> fds, int flags) {
  if (flags & ~(O_CLOEXEC | O_NONBLOCK | O_DIRECT)) return Error{EINVAL};
  std::shared_ptr<OpenFile> read_end, write_end;
  if (flags & O_DIRECT) {
    HostPipe pipe = TRY(cage.host().pipe(flags & ~O_CLOEXEC));
    read_end = HostFile::stream(cage.host(), std::move(pipe.read_end));
    write_end = HostFile::stream(cage.host(), std::move(pipe.write_end));
  } else {
    std::tie(read_end, write_end) = make_pipe(cage.host(), flags & O_NONBLOCK);
  }
  return publish_pair(cage, {std::move(read_end), std::move(write_end)}, flags, fds);
}

SyscallResult sys_pipe(Cage& cage, GuestPtr<int32_t> fds) { return sys_pipe2(cage, fds, 0); }

SyscallResult sys_eventfd2(Cage& cage, uint32_t count, int flags) {
  if (flags & ~(EFD_CLOEXEC | EFD_NONBLOCK | EFD_SEMAPHORE)) return Error{EINVAL};
  return publish_stream(cage, TRY(cage.host().eventfd(count, flags)), flags);
}

SyscallResult sys_eventfd(Cage& cage, uint32_t count) { return sys_eventfd2(cage, count, 0); }

SyscallResult sys_timerfd_create(Cage& cage, int clock, int flags) {
  if (flags & ~(TFD_CLOEXEC | TFD_NONBLOCK)) return Error{EINVAL};
  // These would wake the host from suspension.
  if (clock == CLOCK_REALTIME_ALARM || clock == CLOCK_BOOTTIME_ALARM) return Error{EPERM};
  return publish_stream(cage, TRY(cage.host().timerfd_create(clock, flags)), flags);
}

SyscallResult sys_timerfd_settime(Cage& cage, int fd, int flags, GuestPtr<GuestItimerspec> value,
                                  GuestPtr<GuestItimerspec> old) {
  itimerspec wanted = to_host(TRY(cage.memory().read(value)));
  itimerspec previous =
      TRY(cage.host().timerfd_settime(TRY(host_descriptor(cage, fd)), flags, wanted));
  if (!old.is_null()) TRY(cage.memory().write(old, to_guest(previous)));
  return 0;
}

SyscallResult sys_timerfd_gettime(Cage& cage, int fd, GuestPtr<GuestItimerspec> to) {
  itimerspec value = TRY(cage.host().timerfd_gettime(TRY(host_descriptor(cage, fd))));
  return to_zero(cage.memory().write(to, to_guest(value)));
}

SyscallResult sys_inotify_init1(Cage& cage, int flags) {
  if (flags & ~(IN_CLOEXEC | IN_NONBLOCK)) return Error{EINVAL};
  return publish_stream(cage, TRY(cage.host().inotify_create(flags)), flags);
}

SyscallResult sys_inotify_init(Cage& cage) { return sys_inotify_init1(cage, 0); }

SyscallResult sys_inotify_add_watch(Cage& cage, int fd, Path path, uint32_t mask) {
  int inotify = TRY(host_descriptor(cage, fd));
  Symlinks symlinks = mask & IN_DONT_FOLLOW ? Symlinks::DontFollow : Symlinks::Follow;
  auto file = TRY(file_at(cage, AT_FDCWD, path, symlinks));
  int watched = TRY(file->host_descriptor());
  // The link was followed, or not, just now. The host would apply the flag to its own way of naming
  // the descriptor.
  return TRY(cage.host().inotify_add_watch(inotify, watched, mask & ~uint32_t{IN_DONT_FOLLOW}));
}

SyscallResult sys_inotify_rm_watch(Cage& cage, int fd, int watch) {
  return to_zero(cage.host().inotify_remove_watch(TRY(host_descriptor(cage, fd)), watch));
}

}  // namespace linden::microvisor
