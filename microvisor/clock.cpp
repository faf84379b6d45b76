// Time.

#include <time.h>

#include "microvisor/syscalls.h"

namespace linden::microvisor {

namespace {

// Negative clock ids name the clocks of other processes or of host descriptors.
Result<void> check_clock(int clock) {
  if (clock < 0) return Error{EINVAL};
  return {};
}

}  // namespace

SyscallResult sys_clock_gettime(Cage& cage, int clock, GuestPtr<GuestTimespec> to) {
  TRY(check_clock(clock));
  timespec now = TRY(cage.host().clock_gettime(clock));
  TRY(cage.memory().write(to, to_guest(now)));
  return 0;
}

SyscallResult sys_clock_getres(Cage& cage, int clock, GuestPtr<GuestTimespec> to) {
  TRY(check_clock(clock));
  timespec resolution = TRY(cage.host().clock_getres(clock));
  if (!to.is_null()) TRY(cage.memory().write(to, to_guest(resolution)));
  return 0;
}

SyscallResult sys_clock_nanosleep(Cage& cage, int clock, int flags, GuestPtr<GuestTimespec> request,
                                  GuestPtr<GuestTimespec> remaining) {
  TRY(check_clock(clock));
  // These would wake the host from suspension.
  if (clock == CLOCK_REALTIME_ALARM || clock == CLOCK_BOOTTIME_ALARM) return Error{EPERM};
  timespec time = to_host(TRY(cage.memory().read(request)));
  timespec left{};
  Result<void> slept = cage.host().clock_nanosleep(clock, flags, time, &left);
  if (slept.ok()) return 0;
  if (slept.code() == EINTR && !(flags & TIMER_ABSTIME) && !remaining.is_null()) {
    TRY(cage.memory().write(remaining, to_guest(left)));
  }
  return slept.error();
}

SyscallResult sys_nanosleep(Cage& cage, GuestPtr<GuestTimespec> request,
                            GuestPtr<GuestTimespec> remaining) {
  return sys_clock_nanosleep(cage, CLOCK_MONOTONIC, 0, request, remaining);
}

}  // namespace linden::microvisor
