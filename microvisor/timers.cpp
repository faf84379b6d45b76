#include "microvisor/timers.h"

#include <vector>

#include <signal.h>
#include <sys/timerfd.h>

#include <algorithm>
#include <limits>
#include <utility>

#include "microvisor/cage.h"

namespace linden::microvisor {

Timers::Timers(Cage& cage, std::shared_ptr<TimerService> service)
    : cage_(cage), service_(std::move(service)) {}

Timers::~Timers() {
  if (owner_ != 0) service_->retire(owner_);
}

Result<Timers::Timer> Timers::make(clockid_t clock, Notification notification, int number) {
  // Timers that are refused for want of descriptors are refused with EAGAIN, as POSIX has it.
  auto fd = cage_.host().timerfd_create(clock, TFD_NONBLOCK);
  if (!fd.ok()) return Error{fd.code() == EINVAL ? EINVAL : EAGAIN};
  Timer timer{fd.take(), notification};
  if (!notification.sends) return timer;
  if (owner_ == 0) {
    auto owner = service_->enlist(*this);
    if (!owner.ok()) return Error{EAGAIN};
    owner_ = *owner;
  }
  if (!service_->add(owner_, number, timer.fd.get()).ok()) return Error{EAGAIN};
  return timer;
}

Result<int> Timers::create(clockid_t clock, Notification notification, bool value_is_number) {
  std::lock_guard lock(mutex_);
  int number = 0;
  for (const auto& [used, timer] : timers_) {
    if (used == number) ++number;
  }
  if (number >= kLimit) return Error{EAGAIN};
  if (value_is_number) notification.value = static_cast<uint32_t>(number);
  timers_.emplace(number, TRY(make(clock, notification, number)));
  return number;
}

// kAlarm is found too, by those who may ask for it.
Result<Timers::Timer*> Timers::find(int timer) {
  auto found = timers_.find(timer);
  if (found == timers_.end()) return Error{EINVAL};
  return &found->second;
}

void Timers::wait_until_sent(std::unique_lock<std::mutex>& lock, int timer) {
  sent_.wait(lock, [&] { return sending_ != timer; });
}

Result<itimerspec> Timers::set(int timer, int flags, const itimerspec& value) {
  if (timer < 0) return Error{EINVAL};
  return change(timer, flags, value);
}

Result<itimerspec> Timers::change(int timer, int flags, const itimerspec& value) {
  std::unique_lock lock(mutex_);
  wait_until_sent(lock, timer);
  Timer* found = TRY(find(timer));
  const int host_flags = flags & TIMER_ABSTIME ? TFD_TIMER_ABSTIME : 0;
  itimerspec old = TRY(cage_.host().timerfd_settime(found->fd.get(), host_flags, value));
  found->is_pending = false;
  found->overrun = 0;
  if (found->notification.sends) rearm(timer, *found);
  return old;
}

Result<itimerspec> Timers::get(int timer) {
  if (timer < 0) return Error{EINVAL};
  std::lock_guard lock(mutex_);
  return cage_.host().timerfd_gettime(TRY(find(timer))->fd.get());
}

Result<int> Timers::overrun(int timer) {
  if (timer < 0) return Error{EINVAL};
  std::lock_guard lock(mutex_);
  return TRY(find(timer))->overrun;
}

Result<void> Timers::remove(int timer) {
  if (timer < 0) return Error{EINVAL};
  std::unique_lock lock(mutex_);
  wait_until_sent(lock, timer);
  if (timers_.erase(timer) == 0) return Error{EINVAL};
  return {};
}

void Timers::remove_created() {
  std::vector<int> created;
  {
    std::lock_guard lock(mutex_);
    for (const auto& [number, timer] : timers_) {
      if (number != kAlarm) created.push_back(number);
    }
  }
  for (int number : created) (void)remove(number);
}

Result<itimerspec> Timers::set_alarm(const itimerspec& value) {
  {
    std::lock_guard lock(mutex_);
    if (!timers_.contains(kAlarm)) {
      timers_.emplace(kAlarm, TRY(make(CLOCK_MONOTONIC, {.signal = SIGALRM}, kAlarm)));
    }
  }
  return change(kAlarm, 0, value);
}

Result<itimerspec> Timers::alarm() {
  std::lock_guard lock(mutex_);
  Result<Timer*> timer = find(kAlarm);
  // It is made when it is set first.
  if (!timer.ok()) return itimerspec{};
  return cage_.host().timerfd_gettime((*timer)->fd.get());
}

void Timers::timer_expired(int number) {
  std::unique_lock lock(mutex_);
  Result<Timer*> found = find(number);
  if (!found.ok()) return;
  Timer& timer = **found;
  auto expirations = cage_.host().timerfd_expirations(timer.fd.get());
  if (!expirations.ok()) {
    // Set anew between the host's event and now.
    rearm(number, timer);
    return;
  }
  timer.is_pending = true;
  timer.expirations = *expirations;
  GuestSiginfo information{};
  information.number = timer.notification.signal;
  information.code = SI_KERNEL;
  if (number != kAlarm) {
    information.code = SI_TIMER;
    information.timer = {number, 0, timer.notification.value};
  }
  // Neither changed nor removed meanwhile.
  sending_ = number;
  lock.unlock();
  const bool is_pending = cage_.signals().send_expiration(timer.notification.thread, information);
  lock.lock();
  // What expired unheard is not told later.
  if (!is_pending) timer.is_pending = false;
  sending_ = kNone;
  sent_.notify_all();
}

void Timers::delivered(GuestSiginfo& information) {
  const bool is_posix_timer = information.code == SI_TIMER;
  const int number = is_posix_timer ? information.timer.number : kAlarm;
  std::lock_guard lock(mutex_);
  auto found = timers_.find(number);
  if (found == timers_.end() || !found->second.is_pending) return;
  Timer& timer = found->second;
  timer.is_pending = false;
  auto later = cage_.host().timerfd_expirations(timer.fd.get());
  const uint64_t overrun = timer.expirations - 1 + (later.ok() ? *later : 0);
  constexpr uint64_t kMost = std::numeric_limits<int>::max();  // DELAYTIMER_MAX
  timer.overrun = static_cast<int>(std::min(overrun, kMost));
  if (is_posix_timer) information.timer.overrun = timer.overrun;
  rearm(number, timer);
}

void Timers::resume() {
  std::lock_guard lock(mutex_);
  for (const auto& [number, timer] : timers_) {
    if (timer.notification.sends) rearm(number, timer);
  }
}

}  // namespace linden::microvisor
