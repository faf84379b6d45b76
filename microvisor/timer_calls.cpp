// Timers that send signals, as system calls. Those that only measure are files (event_files.cpp).

#include <signal.h>
#include <sys/time.h>

#include <algorithm>
#include <climits>

#include "microvisor/syscall_helpers.h"
#include "microvisor/timers.h"

namespace linden::microvisor {

namespace {

constexpr int64_t kMicrosecond = 1000;

Result<timespec> to_host(const GuestTimeval& time) {
  if (time.seconds < 0 || time.microseconds < 0 || time.microseconds >= 1'000'000) {
    return Error{EINVAL};
  }
  return timespec{time.seconds, time.microseconds * kMicrosecond};
}

GuestTimeval to_timeval(const timespec& time) { return {time.tv_sec, time.tv_nsec / kMicrosecond}; }

GuestItimerval to_guest_interval(const itimerspec& timer) {
  GuestItimerval value{to_timeval(timer.it_interval), to_timeval(timer.it_value)};
  // A timer that runs is never shown as 0, which would mean that it doesn't.
  const bool runs = timer.it_value.tv_sec != 0 || timer.it_value.tv_nsec != 0;
  if (runs && value.value.seconds == 0 && value.value.microseconds == 0) {
    value.value.microseconds = 1;
  }
  return value;
}

Result<ProcessorTimers::Kind> processor_timer(int which) {
  switch (which) {
    case ITIMER_VIRTUAL:
      return ProcessorTimers::kVirtual;
    case ITIMER_PROF:
      return ProcessorTimers::kProfiling;
    default:
      return Error{EINVAL};
  }
}

// What timer_create(2) takes: clocks that a timerfd has.
Result<clockid_t> timer_clock(int clock) {
  switch (clock) {
    case CLOCK_REALTIME:
    case CLOCK_MONOTONIC:
    case CLOCK_BOOTTIME:
      return clock;
    case CLOCK_TAI:
    case CLOCK_PROCESS_CPUTIME_ID:
    case CLOCK_THREAD_CPUTIME_ID:
    case CLOCK_MONOTONIC_RAW:
    case CLOCK_REALTIME_COARSE:
    case CLOCK_MONOTONIC_COARSE:
      return Error{EOPNOTSUPP};
    case CLOCK_REALTIME_ALARM:
    case CLOCK_BOOTTIME_ALARM:
      // These would wake the host from suspension.
      return Error{EPERM};
    default:
      // Negative: the processor time of a process or a thread.
      return Error{clock < 0 ? EOPNOTSUPP : EINVAL};
  }
}

Result<Timers::Notification> to_notification(Cage& cage, const GuestSigevent& event) {
  Timers::Notification result{.signal = event.signal, .value = event.value};
  switch (event.notify) {
    case SIGEV_NONE:
      result.sends = false;
      return result;
    case SIGEV_THREAD_ID:
      if (event.thread <= 0 || !cage.has_thread(event.thread)) return Error{EINVAL};
      result.thread = event.thread;
      break;
    case SIGEV_SIGNAL:
    case SIGEV_THREAD:  // to the kernel the same; the C library makes threads of signals
      break;
    default:
      return Error{EINVAL};
  }
  if (!is_signal(event.signal)) return Error{EINVAL};
  return result;
}

}  // namespace

SyscallResult sys_getitimer(Cage& cage, int which, GuestPtr<GuestItimerval> to) {
  itimerspec value{};
  if (which == ITIMER_REAL) {
    value = TRY(cage.timers().alarm());
  } else {
    value = cage.processor_timers().get(TRY(processor_timer(which)));
  }
  return to_zero(cage.memory().write(to, to_guest_interval(value)));
}

SyscallResult sys_setitimer(Cage& cage, int which, GuestPtr<GuestItimerval> value,
                            GuestPtr<GuestItimerval> old) {
  // Linux takes a null pointer for a timer that doesn't run.
  GuestItimerval given{};
  if (!value.is_null()) given = TRY(cage.memory().read(value));
  const itimerspec wanted{.it_interval = TRY(to_host(given.interval)),
                          .it_value = TRY(to_host(given.value))};
  itimerspec previous{};
  if (which == ITIMER_REAL) {
    previous = TRY(cage.timers().set_alarm(wanted));
  } else {
    previous = TRY(cage.processor_timers().set(TRY(processor_timer(which)), wanted));
  }
  if (!old.is_null()) TRY(cage.memory().write(old, to_guest_interval(previous)));
  return 0;
}

SyscallResult sys_alarm(Cage& cage, uint32_t seconds) {
  const itimerspec wanted{.it_interval = {}, .it_value = {std::min<time_t>(seconds, INT_MAX), 0}};
  const timespec left = TRY(cage.timers().set_alarm(wanted)).it_value;
  // Rounded, but never to 0, which would mean that there was none.
  const bool up = left.tv_nsec >= 500'000'000 || (left.tv_sec == 0 && left.tv_nsec > 0);
  return left.tv_sec + (up ? 1 : 0);
}

SyscallResult sys_timer_create(Cage& cage, int clock, GuestPtr<GuestSigevent> event,
                               GuestPtr<int32_t> timer) {
  const clockid_t host_clock = TRY(timer_clock(clock));
  Timers::Notification notification{.signal = SIGALRM};
  if (!event.is_null()) {
    notification = TRY(to_notification(cage, TRY(cage.memory().read(event))));
  }
  const int number = TRY(cage.timers().create(host_clock, notification, event.is_null()));
  Result<void> told = cage.memory().write(timer, number);
  if (!told.ok()) (void)cage.timers().remove(number);
  return to_zero(told);
}

SyscallResult sys_timer_settime(Cage& cage, int timer, int flags, GuestPtr<GuestItimerspec> value,
                                GuestPtr<GuestItimerspec> old) {
  const itimerspec wanted = to_host(TRY(cage.memory().read(value)));
  const itimerspec previous = TRY(cage.timers().set(timer, flags, wanted));
  if (!old.is_null()) TRY(cage.memory().write(old, to_guest(previous)));
  return 0;
}

SyscallResult sys_timer_gettime(Cage& cage, int timer, GuestPtr<GuestItimerspec> to) {
  return to_zero(cage.memory().write(to, to_guest(TRY(cage.timers().get(timer)))));
}

SyscallResult sys_timer_getoverrun(Cage& cage, int timer) {
  return TRY(cage.timers().overrun(timer));
}

SyscallResult sys_timer_delete(Cage& cage, int timer) {
  return to_zero(cage.timers().remove(timer));
}

}  // namespace linden::microvisor
