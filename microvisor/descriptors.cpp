// Making, sharing and dropping descriptors.

#include <fcntl.h>
#include <linux/close_range.h>

#include <climits>

#include "microvisor/syscall_helpers.h"

namespace linden::microvisor {

namespace {

// The largest pipe that Linux lets an unprivileged user make; the host process may be privileged.
constexpr int kMaxPipeSize = 1 << 20;

SyscallResult control_host_file(Cage& cage, OpenFile& file, int command, int argument) {
  if (command == F_SETPIPE_SZ && argument > kMaxPipeSize) return Error{EPERM};
  return TRY(cage.host().control(TRY(file.host_descriptor()), command, argument));
}

// The owner is recorded and never signalled: nothing turns signal-driven input on.
SyscallResult control_signal_owner(Cage& cage, OpenFile& file, int command, uint64_t raw_argument) {
  constexpr int kLastSignal = 64;
  const int argument = static_cast<int>(raw_argument);
  const GuestPtr<SignalOwner> where{raw_argument};
  switch (command) {
    case F_GETOWN: {
      SignalOwner owner = file.signal_owner;
      return owner.type == F_OWNER_PGRP ? -owner.id : owner.id;
    }
    case F_SETOWN:
      if (argument == INT_MIN) return Error{EINVAL};
      file.signal_owner =
          argument < 0 ? SignalOwner{F_OWNER_PGRP, -argument} : SignalOwner{F_OWNER_PID, argument};
      return 0;
    case F_GETOWN_EX:
      return to_zero(cage.memory().write(where, file.signal_owner.load()));
    case F_SETOWN_EX: {
      SignalOwner owner = TRY(cage.memory().read(where));
      bool known =
          owner.type == F_OWNER_TID || owner.type == F_OWNER_PID || owner.type == F_OWNER_PGRP;
      if (!known) return Error{EINVAL};
      file.signal_owner = owner;
      return 0;
    }
    case F_GETSIG:
      return file.owner_signal.load();
    default:
      if (argument < 0 || argument > kLastSignal) return Error{EINVAL};
      file.owner_signal = argument;
      return 0;
  }
}

}  // namespace

SyscallResult sys_close(Cage& cage, int fd) { return to_zero(cage.fds().close(fd)); }

SyscallResult sys_close_range(Cage& cage, uint32_t first, uint32_t last, uint32_t flags) {
  // A cage's table is its own already: there is nothing to unshare.
  if (flags & ~uint32_t{CLOSE_RANGE_UNSHARE | CLOSE_RANGE_CLOEXEC}) return Error{EINVAL};
  if (first > last) return Error{EINVAL};
  if (flags & CLOSE_RANGE_CLOEXEC) {
    cage.fds().mark_range(first, last);
  } else {
    cage.fds().close_range(first, last);
  }
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

SyscallResult sys_fcntl(Cage& cage, int fd, int command, uint64_t raw_argument) {
  // O_ASYNC would send host signals to the whole process.
  constexpr int kSettable = O_APPEND | O_NONBLOCK | O_DIRECT | O_NOATIME;
  Descriptor descriptor = TRY(cage.fds().get(fd));
  OpenFile& file = *descriptor.file;
  int argument = static_cast<int>(raw_argument);
  switch (command) {
    case F_DUPFD:
      return TRY(cage.fds().duplicate(fd, argument, false));
    case F_DUPFD_CLOEXEC:
      return TRY(cage.fds().duplicate(fd, argument, true));
    case F_GETFD:
      return descriptor.close_on_exec ? FD_CLOEXEC : 0;
    case F_SETFD:
      return to_zero(cage.fds().set_close_on_exec(fd, argument & FD_CLOEXEC));
    case F_GETFL:
      return TRY(file.status_flags());
  }
  if (file.is_path_only()) return Error{EBADF};
  switch (command) {
    case F_SETFL:
      return to_zero(file.set_status_flags(argument & kSettable));
    case F_GETLK:
    case F_SETLK:
    case F_SETLKW:
    case F_OFD_GETLK:
    case F_OFD_SETLK:
    case F_OFD_SETLKW:
      return control_record_lock(cage, file, command, GuestPtr<GuestFlock>{raw_argument});
    case F_GETPIPE_SZ:
    case F_SETPIPE_SZ:
    case F_GET_SEALS:
    case F_ADD_SEALS:
      return control_host_file(cage, file, command, argument);
    case F_GETOWN:
    case F_SETOWN:
    case F_GETOWN_EX:
    case F_SETOWN_EX:
    case F_GETSIG:
    case F_SETSIG:
      return control_signal_owner(cage, file, command, raw_argument);
    default:
      return Error{EINVAL};
  }
}

}  // namespace linden::microvisor
