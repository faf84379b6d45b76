// Time: clocks and sleeping. No guest sets a clock of the host.

#include <sys/timex.h>
#include <time.h>

#include "microvisor/syscall_helpers.h"

namespace linden::microvisor {

namespace {

// Negative clock ids name the clocks of other processes and threads, or of host descriptors. The
// cage's own are the ones that have numbers.
Result<int> to_host_clock(Cage& cage, int clock) {
  if (clock >= 0) return clock;
  constexpr int kPerThread = 4, kProcessorTime = 2;
  int pid = ~(clock >> 3);
  if ((clock & 3) != kProcessorTime || (pid != 0 && pid != cage.id())) return Error{EINVAL};
  if (!(clock & kPerThread)) return CLOCK_PROCESS_CPUTIME_ID;
  if (pid != 0) return Error{EINVAL};
  return CLOCK_THREAD_CPUTIME_ID;
}

constexpr int64_t kTicksPerSecond = 100;

int64_t to_ticks(const timeval& time) {
  return time.tv_sec * kTicksPerSecond + time.tv_usec * kTicksPerSecond / 1000000;
}

}  // namespace

SyscallResult sys_clock_gettime(Cage& cage, int clock, GuestPtr<GuestTimespec> to) {
  timespec now = TRY(cage.host().clock_gettime(TRY(to_host_clock(cage, clock))));
  return to_zero(cage.memory().write(to, to_guest(now)));
}

SyscallResult sys_clock_getres(Cage& cage, int clock, GuestPtr<GuestTimespec> to) {
  timespec resolution = TRY(cage.host().clock_getres(TRY(to_host_clock(cage, clock))));
  if (!to.is_null()) TRY(cage.memory().write(to, to_guest(resolution)));
  return 0;
}

// Refused in the end, but as Linux refuses an unprivileged process: what is wrong otherwise is told
// first.
SyscallResult sys_clock_settime(Cage& cage, int clock, GuestPtr<GuestTimespec> from) {
  const int host_clock = TRY(to_host_clock(cage, clock));
  const bool is_cpu_clock =
      host_clock == CLOCK_PROCESS_CPUTIME_ID || host_clock == CLOCK_THREAD_CPUTIME_ID;
  if (host_clock != CLOCK_REALTIME && !is_cpu_clock) return Error{EINVAL};
  const timespec time = to_host(TRY(cage.memory().read(from)));
  if (time.tv_sec < 0 || time.tv_nsec < 0 || time.tv_nsec >= 1'000'000'000) return Error{EINVAL};
  return Error{EPERM};
}

SyscallResult sys_clock_nanosleep(Cage& cage, int clock, int flags, GuestPtr<GuestTimespec> request,
                                  GuestPtr<GuestTimespec> remaining) {
  int host_clock = TRY(to_host_clock(cage, clock));
  // These would wake the host from suspension.
  if (clock == CLOCK_REALTIME_ALARM || clock == CLOCK_BOOTTIME_ALARM) return Error{EPERM};
  timespec time = to_host(TRY(cage.memory().read(request)));
  timespec left{};
  Result<void> slept = cage.host().clock_nanosleep(host_clock, flags, time, &left);
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

SyscallResult sys_clock_adjtime(Cage& cage, int clock, GuestPtr<timex> adjustment) {
  timex values = TRY(cage.memory().read(adjustment));
  // The two ways to ask for nothing but an answer; adjtime(NULL, ...) is the second.
  if (values.modes != 0 && values.modes != ADJ_OFFSET_SS_READ) return Error{EPERM};
  int state = TRY(cage.host().clock_adjustment(TRY(to_host_clock(cage, clock)), &values));
  TRY(cage.memory().write(adjustment, values));
  return state;
}

SyscallResult sys_adjtimex(Cage& cage, GuestPtr<timex> adjustment) {
  return sys_clock_adjtime(cage, CLOCK_REALTIME, adjustment);
}

SyscallResult sys_gettimeofday(Cage& cage, GuestPtr<GuestTimeval> to,
                               GuestPtr<GuestTimezone> zone) {
  if (!to.is_null()) {
    timespec now = TRY(cage.host().clock_gettime(CLOCK_REALTIME));
    TRY(cage.memory().write(to, {now.tv_sec, now.tv_nsec / 1000}));
  }
  if (!zone.is_null()) TRY(cage.memory().write(zone, {0, 0}));
  return 0;
}

SyscallResult sys_time(Cage& cage, GuestPtr<int64_t> to) {
  timespec now = TRY(cage.host().clock_gettime(CLOCK_REALTIME));
  if (!to.is_null()) TRY(cage.memory().write(to, now.tv_sec));
  return now.tv_sec;
}

SyscallResult sys_times(Cage& cage, GuestPtr<GuestTms> to) {
  if (!to.is_null()) {
    rusage usage = TRY(cage.host().resource_usage(RUSAGE_SELF));
    TRY(cage.memory().write(to, {to_ticks(usage.ru_utime), to_ticks(usage.ru_stime), 0, 0}));
  }
  timespec now = TRY(cage.host().clock_gettime(CLOCK_MONOTONIC));
  return now.tv_sec * kTicksPerSecond + now.tv_nsec * kTicksPerSecond / 1000000000;
}

}  // namespace linden::microvisor
