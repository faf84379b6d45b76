// ioctl(2): an allow list. Whatever else a host file or terminal could be told stays out of reach:
// a guest must not put characters into the terminal's input, take it over, or send signals by it.

#include <asm/ioctls.h>
#include <fcntl.h>
#include <linux/tty.h>

#include "microvisor/syscall_helpers.h"

namespace linden::microvisor {

namespace {

SyscallResult write_int(Cage& cage, uint64_t argument, int value) {
  return to_zero(cage.memory().write(GuestPtr<int>{argument}, value));
}

Result<int> read_int(Cage& cage, uint64_t argument) {
  return cage.memory().read(GuestPtr<int>{argument});
}

SyscallResult set_flag(OpenFile& file, int flag, bool on) {
  int flags = TRY(file.status_flags());
  return to_zero(file.set_status_flags(on ? flags | flag : flags & ~flag));
}

// Requests on terminals. The process groups are the cage's: it is in the foreground if the host
// process is.
SyscallResult terminal_request(Cage& cage, int fd, uint32_t request, uint64_t argument) {
  Host& host = cage.host();
  const int group = TRY(cage.processes().group_of(cage.id()));
  GuestPtr<GuestTermios> attributes{argument};
  GuestPtr<GuestWindowSize> size{argument};
  switch (request) {
    case TCGETS:
      return to_zero(cage.memory().write(attributes, TRY(host.terminal_attributes(fd))));
    case TCSETS:
    case TCSETSW:
    case TCSETSF:
      return to_zero(
          host.set_terminal_attributes(fd, request, TRY(cage.memory().read(attributes))));
    case TCSBRK:
      // An argument of 0 would send a break.
      TRY(host.terminal_attributes(fd));
      return to_zero(argument != 0 ? host.drain_terminal(fd) : Result<void>());
    case TIOCGWINSZ:
      return to_zero(cage.memory().write(size, TRY(host.window_size(fd))));
    case TIOCSWINSZ:
      return to_zero(host.set_window_size(fd, TRY(cage.memory().read(size))));
    case TIOCOUTQ:
    case TIOCGETD:
    case TIOCGPTN:
      return write_int(cage, argument, TRY(host.terminal_number(fd, request)));
    case TIOCGPGRP: {
      // 0 is what Linux says for a group that the caller can't see.
      bool foreground = TRY(host.is_foreground(fd));
      return write_int(cage, argument, foreground ? group : 0);
    }
    case TIOCSPGRP: {
      bool foreground = TRY(host.is_foreground(fd));
      int wanted = TRY(read_int(cage, argument));
      if (wanted < 0) return Error{EINVAL};
      if (wanted != group || !foreground) return Error{EPERM};
      return 0;
    }
    case TIOCGSID:
      TRY(host.is_foreground(fd));
      return write_int(cage, argument, TRY(cage.processes().session_of(cage.id())));
    default:
      return Error{ENOTTY};
  }
}

}  // namespace

SyscallResult sys_ioctl(Cage& cage, int fd, uint32_t request, uint64_t argument) {
  auto file = TRY(usable_file(cage, fd));
  switch (request) {
    case FIOCLEX:
    case FIONCLEX:
      return to_zero(cage.fds().set_close_on_exec(fd, request == FIOCLEX));
    case FIONBIO:
      return set_flag(*file, O_NONBLOCK, TRY(read_int(cage, argument)) != 0);
    case FIONREAD:
      return write_int(cage, argument, static_cast<int>(TRY(file->bytes_available())));
    default: {
      Result<int> host_fd = file->host_descriptor();
      if (!host_fd.ok()) return Error{ENOTTY};
      return terminal_request(cage, host_fd.value(), request, argument);
    }
  }
}

}  // namespace linden::microvisor
