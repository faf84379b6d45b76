// Timers of one cage that send signals: those of timer_create(2), and the one of setitimer(2) and
// alarm(2). Each is a timerfd of the host, which knows about clocks that are set, intervals and
// what is left; the process's TimerService says when one expires.
//
// A timer has at most one signal pending. When that is taken, delivered() counts the expirations
// since then (the overrun), and only then does the next one send a signal again: as in Linux
// (kernel/time/posix-timers.c), the rate at which a program takes signals bounds the work that its
// timers cause. A timer whose signal is ignored rests until resume().
//
// Thread-safety: all functions may be called concurrently. The mutex is taken by delivered() with
// that of Signals held, and nothing is sent with it held.
#pragma once

#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>

#include "microvisor/host.h"
#include "microvisor/signals.h"
#include "microvisor/timer_service.h"

namespace linden::microvisor {

class Cage;

class Timers final : private TimerService::Owner {
 public:
  // Each costs the host a descriptor.
  static constexpr int kLimit = 1024;

  struct Notification {
    bool sends = true;  // false: SIGEV_NONE
    int signal = 0;
    int thread = 0;      // 0: the cage's
    uint32_t value = 0;  // sigev_value
  };

  Timers(Cage& cage, std::shared_ptr<TimerService> service);
  // Waits until the service is not calling.
  ~Timers();
  Timers(const Timers&) = delete;

  // A number from 0 on. `value_is_number`: the notification's value is that number. EAGAIN at the
  // limit.
  Result<int> create(clockid_t clock, Notification notification, bool value_is_number);
  // EINVAL if there is no such timer. What it was set to before; no signal of an expiration of then
  // is sent after the return, though one may be pending.
  Result<itimerspec> set(int timer, int flags, const itimerspec& value);
  Result<itimerspec> get(int timer);
  // Of the signal that was taken last.
  Result<int> overrun(int timer);
  Result<void> remove(int timer);
  // For exec, which only the alarm survives.
  void remove_created();

  // ITIMER_REAL.
  Result<itimerspec> set_alarm(const itimerspec& value);
  Result<itimerspec> alarm();

  // A signal of a timer was taken off the queue: completes `information`.
  void delivered(GuestSiginfo& information);
  // A signal may not be ignored any more.
  void resume();

 private:
  static constexpr int kAlarm = -1;

  struct Timer {
    HostFd fd;
    Notification notification;
    // A signal was sent and not taken, of so many expirations. Others may be pending that look
    // alike.
    bool is_pending = false;
    uint64_t expirations = 0;
    int overrun = 0;
  };

  void timer_expired(int timer) override;

  Result<Timer> make(clockid_t clock, Notification notification, int number);
  Result<Timer*> find(int timer);
  Result<itimerspec> change(int timer, int flags, const itimerspec& value);
  // Returns when no signal of the timer is being sent.
  void wait_until_sent(std::unique_lock<std::mutex>& lock, int timer);
  void rearm(int number, const Timer& timer) { service_->rearm(owner_, number, timer.fd.get()); }

  Cage& cage_;
  const std::shared_ptr<TimerService> service_;
  std::mutex mutex_;
  std::condition_variable sent_;
  uint32_t owner_ = 0;  // the service's number; 0 before the first timer
  std::map<int, Timer> timers_;
  int sending_ = kNone;
  static constexpr int kNone = -2;
};

}  // namespace linden::microvisor
