// LinuxHost: terminals. The kernel's structures are used, not libc's, because guests see those.

#include <asm/termbits.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "microvisor/linux_host.h"
#include "microvisor/linux_host_internal.h"

namespace linden::microvisor {

static_assert(sizeof(GuestTermios) == sizeof(struct termios));

Result<GuestTermios> LinuxHost::terminal_attributes(int fd) {
  GuestTermios attributes;
  TRY(checked_void(::ioctl(fd, TCGETS, &attributes)));
  return attributes;
}

Result<void> LinuxHost::set_terminal_attributes(int fd, uint64_t request,
                                                const GuestTermios& attributes) {
  return checked_void(::ioctl(fd, request, &attributes));
}

Result<GuestWindowSize> LinuxHost::window_size(int fd) {
  GuestWindowSize size;
  TRY(checked_void(::ioctl(fd, TIOCGWINSZ, &size)));
  return size;
}

Result<void> LinuxHost::set_window_size(int fd, const GuestWindowSize& size) {
  return checked_void(::ioctl(fd, TIOCSWINSZ, &size));
}

Result<int> LinuxHost::terminal_number(int fd, uint64_t request) {
  int number = 0;
  TRY(checked_void(::ioctl(fd, request, &number)));
  return number;
}

// An argument other than 0 waits and sends no break.
Result<void> LinuxHost::drain_terminal(int fd) { return checked_void(::ioctl(fd, TCSBRK, 1)); }

Result<bool> LinuxHost::is_foreground(int fd) {
  pid_t group = 0;
  TRY(checked_void(::ioctl(fd, TIOCGPGRP, &group)));
  return group == ::getpgrp();
}

}  // namespace linden::microvisor
