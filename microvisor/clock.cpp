// Time: clocks and sleeping. No guest sets a clock of the host. Clocks of processor time count what
// the threads of one cage have used, not the host process.

#include <sys/timex.h>
#include <time.h>

#include <algorithm>
#include <bit>

#include "microvisor/syscall_helpers.h"

namespace linden::microvisor {

namespace {

constexpr int64_t kNanosecondsPerSecond = 1'000'000'000;

int64_t to_nanoseconds(const timespec& time) {
  return time.tv_sec * kNanosecondsPerSecond + time.tv_nsec;
}

timespec from_nanoseconds(int64_t time) {
  return {time / kNanosecondsPerSecond, time % kNanosecondsPerSecond};
}

// How Linux numbers the clocks of other processes and threads: below 0, with the id's complement
// above three bits that say what is counted.
constexpr int kPerThread = 4, kKind = 3, kProcessorTime = 2;

bool is_of_processor_time(int clock) {
  return clock < 0 || clock == CLOCK_PROCESS_CPUTIME_ID || clock == CLOCK_THREAD_CPUTIME_ID;
}

bool is_of_thread(int clock) {
  return clock == CLOCK_THREAD_CPUTIME_ID || (clock < 0 && (clock & kPerThread) != 0);
}

// What such a clock shows, in nanoseconds. EINVAL if there is none of that number.
Result<int64_t> processor_time(Thread& caller, int clock) {
  Cage& cage = caller.cage();
  int id = 0;
  if (clock < 0) {
    if ((clock & kKind) != kProcessorTime) return Error{EINVAL};
    id = ~(clock >> 3);
  }
  int64_t time = 0;
  if (is_of_thread(clock)) {
    auto found = with_thread(cage, id == 0 ? caller.id() : id, [&](Thread& thread) -> Result<void> {
      time = thread.processor_time();
      return {};
    });
    if (!found.ok()) return Error{EINVAL};
  } else if (id == 0) {
    time = cage.processor_time();
  } else {
    const int count = cage.processes().for_each(
        {ProcessSelection::Process, id}, [&](Cage& process) { time = process.processor_time(); });
    if (count == 0) return Error{EINVAL};
  }
  return time;
}

// Until a process has used so much, or so much more. No host clock says when that is, so it is
// asked again and again, but never sooner than it may be and than a millisecond.
Result<void> sleep_for_processor_time(Thread& caller, int clock, int flags, const timespec& request,
                                      timespec* left) {
  constexpr int64_t kTick = 1'000'000;
  if (request.tv_sec < 0 || request.tv_nsec < 0 || request.tv_nsec >= kNanosecondsPerSecond) {
    return Error{EINVAL};
  }
  Host& host = caller.cage().host();
  int64_t processors = 0;
  for (std::byte mask : host.processors()) processors += std::popcount(static_cast<uint8_t>(mask));
  const bool is_absolute = (flags & TIMER_ABSTIME) != 0;
  const int64_t start = TRY(processor_time(caller, clock));
  constexpr int64_t kForever = INT64_MAX / kNanosecondsPerSecond / 2;
  const int64_t end = (is_absolute ? 0 : start) +
                      to_nanoseconds({std::min<time_t>(request.tv_sec, kForever), request.tv_nsec});
  while (true) {
    const int64_t missing = end - TRY(processor_time(caller, clock));
    if (missing <= 0) return {};
    const timespec pause =
        from_nanoseconds(std::max(kTick, missing / std::max<int64_t>(processors, 1)));
    timespec ignored;
    Result<void> slept = host.clock_nanosleep(CLOCK_MONOTONIC, 0, pause, &ignored);
    if (slept.ok()) continue;
    *left = from_nanoseconds(missing);
    return slept;
  }
}

constexpr int64_t kTicksPerSecond = 100;

int64_t to_ticks(const timeval& time) {
  return time.tv_sec * kTicksPerSecond + time.tv_usec * kTicksPerSecond / 1000000;
}

}  // namespace

SyscallResult sys_clock_gettime(Thread& caller, int clock, GuestPtr<GuestTimespec> to) {
  Cage& cage = caller.cage();
  const timespec now = is_of_processor_time(clock)
                           ? from_nanoseconds(TRY(processor_time(caller, clock)))
                           : TRY(cage.host().clock_gettime(clock));
  return to_zero(cage.memory().write(to, to_guest(now)));
}

SyscallResult sys_clock_getres(Thread& caller, int clock, GuestPtr<GuestTimespec> to) {
  Cage& cage = caller.cage();
  timespec resolution = from_nanoseconds(1);
  if (is_of_processor_time(clock)) {
    TRY(processor_time(caller, clock));
  } else {
    resolution = TRY(cage.host().clock_getres(clock));
  }
  if (!to.is_null()) TRY(cage.memory().write(to, to_guest(resolution)));
  return 0;
}

// Refused in the end, but as Linux refuses an unprivileged process: what is wrong otherwise is told
// first.
SyscallResult sys_clock_settime(Thread& caller, int clock, GuestPtr<GuestTimespec> from) {
  if (is_of_processor_time(clock)) {
    TRY(processor_time(caller, clock));
  } else if (clock != CLOCK_REALTIME) {
    return Error{EINVAL};
  }
  const timespec time = to_host(TRY(caller.cage().memory().read(from)));
  if (time.tv_sec < 0 || time.tv_nsec < 0 || time.tv_nsec >= kNanosecondsPerSecond) {
    return Error{EINVAL};
  }
  return Error{EPERM};
}

SyscallResult sys_clock_nanosleep(Thread& caller, int clock, int flags,
                                  GuestPtr<GuestTimespec> request,
                                  GuestPtr<GuestTimespec> remaining) {
  Cage& cage = caller.cage();
  // No thread sleeps on its own time, and Linux offers no other thread's either.
  if (is_of_thread(clock)) return Error{EINVAL};
  // These would wake the host from suspension.
  if (clock == CLOCK_REALTIME_ALARM || clock == CLOCK_BOOTTIME_ALARM) return Error{EPERM};
  timespec time = to_host(TRY(cage.memory().read(request)));
  timespec left{};
  Result<void> slept = is_of_processor_time(clock)
                           ? sleep_for_processor_time(caller, clock, flags, time, &left)
                           : cage.host().clock_nanosleep(clock, flags, time, &left);
  if (slept.ok()) return 0;
  if (slept.code() == EINTR && !(flags & TIMER_ABSTIME) && !remaining.is_null()) {
    TRY(cage.memory().write(remaining, to_guest(left)));
  }
  return slept.error();
}

SyscallResult sys_nanosleep(Thread& caller, GuestPtr<GuestTimespec> request,
                            GuestPtr<GuestTimespec> remaining) {
  return sys_clock_nanosleep(caller, CLOCK_MONOTONIC, 0, request, remaining);
}

SyscallResult sys_clock_adjtime(Cage& cage, int clock, GuestPtr<timex> adjustment) {
  timex values = TRY(cage.memory().read(adjustment));
  // The two ways to ask for nothing but an answer; adjtime(NULL, ...) is the second.
  if (values.modes != 0 && values.modes != ADJ_OFFSET_SS_READ) return Error{EPERM};
  if (is_of_processor_time(clock)) return Error{clock < 0 ? EINVAL : EOPNOTSUPP};
  int state = TRY(cage.host().clock_adjustment(clock, &values));
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
    const rusage usage = cage.usage();
    const rusage children = cage.usage_of_children();
    TRY(cage.memory().write(to, {to_ticks(usage.ru_utime), to_ticks(usage.ru_stime),
                                 to_ticks(children.ru_utime), to_ticks(children.ru_stime)}));
  }
  timespec now = TRY(cage.host().clock_gettime(CLOCK_MONOTONIC));
  return now.tv_sec * kTicksPerSecond + now.tv_nsec * kTicksPerSecond / 1000000000;
}

}  // namespace linden::microvisor
