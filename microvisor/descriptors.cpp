// Making, sharing and dropping descriptors.

#include <fcntl.h>

#include "microvisor/syscalls.h"

namespace linden::microvisor {

SyscallResult sys_close(Cage& cage, int fd) {
  TRY(cage.fds().close(fd));
  return 0;
}

SyscallResult sys_dup(Cage& cage, int fd) { return TRY(cage.fds().duplicate(fd, 0, false)); }

SyscallResult sys_dup2(Cage& cage, int from, int to) {
  return TRY(cage.fds().duplicate_onto(from, to, false));
}

SyscallResult sys_dup3(Cage& cage, int from, int to, int flags) {
  if (flags & ~O_CLOEXEC) return Error{EINVAL};
  if (from == to) return Error{EINVAL};
  return TRY(cage.fds().duplicate_onto(from, to, flags & O_CLOEXEC));
}

SyscallResult sys_fcntl(Cage& cage, int fd, int command, int argument) {
  // O_ASYNC would send host signals to the whole process.
  constexpr int kSettable = O_APPEND | O_NONBLOCK | O_DIRECT | O_NOATIME;
  Descriptor descriptor = TRY(cage.fds().get(fd));
  switch (command) {
    case F_DUPFD:
      return TRY(cage.fds().duplicate(fd, argument, false));
    case F_DUPFD_CLOEXEC:
      return TRY(cage.fds().duplicate(fd, argument, true));
    case F_GETFD:
      return descriptor.close_on_exec ? FD_CLOEXEC : 0;
    case F_SETFD:
      TRY(cage.fds().set_close_on_exec(fd, argument & FD_CLOEXEC));
      return 0;
    case F_GETFL:
      return TRY(descriptor.file->status_flags());
    case F_SETFL:
      TRY(descriptor.file->set_status_flags(argument & kSettable));
      return 0;
    default:
      return Error{EINVAL};
  }
}

}  // namespace linden::microvisor
