#include "microvisor/processor_timers.h"

#include <signal.h>
#include <sys/timerfd.h>

#include <algorithm>
#include <utility>

#include "microvisor/cage.h"

namespace linden::microvisor {

namespace {

constexpr int64_t kSecond = 1'000'000'000;

timespec to_timespec(int64_t nanoseconds) {
  return {static_cast<time_t>(nanoseconds / kSecond), static_cast<long>(nanoseconds % kSecond)};
}

// Beyond three centuries it is all the same.
int64_t to_nanoseconds(const timespec& time) {
  constexpr int64_t kMost = INT64_MAX / 4;
  if (time.tv_sec > kMost / kSecond - 1) return kMost;
  return time.tv_sec * kSecond + time.tv_nsec;
}

int64_t to_nanoseconds(uint64_t seconds, int64_t never) {
  return seconds > static_cast<uint64_t>(INT64_MAX / kSecond)
             ? never
             : static_cast<int64_t>(seconds) * kSecond;
}

}  // namespace

ProcessorTimers::ProcessorTimers(Cage& cage, std::shared_ptr<TimerService> service)
    : cage_(cage), service_(std::move(service)) {}

ProcessorTimers::~ProcessorTimers() {
  if (owner_ != 0) service_->retire(owner_);
}

Result<void> ProcessorTimers::start() {
  if (timer_.get() >= 0) return {};
  auto timer = cage_.host().timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
  if (!timer.ok()) return Error{EAGAIN};
  if (owner_ == 0) {
    auto owner = service_->enlist(*this);
    if (!owner.ok()) return Error{EAGAIN};
    owner_ = *owner;
  }
  if (!service_->add(owner_, 0, timer->get()).ok()) return Error{EAGAIN};
  timer_ = timer.take();
  return {};
}

Result<itimerspec> ProcessorTimers::set(Kind kind, const itimerspec& value) {
  std::lock_guard lock(mutex_);
  Countdown& countdown = countdowns_[kind];
  const int64_t first = to_nanoseconds(value.it_value);
  const bool starts = first != 0;
  if (starts) TRY(start());
  const int64_t now = cage_.processor_time();
  const itimerspec old = left(countdown, now);
  countdown = {starts ? now + first : kNever, to_nanoseconds(value.it_interval)};
  TRY(arm(now));
  return old;
}

itimerspec ProcessorTimers::get(Kind kind) {
  std::lock_guard lock(mutex_);
  return left(countdowns_[kind], cage_.processor_time());
}

itimerspec ProcessorTimers::left(const Countdown& countdown, int64_t now) {
  itimerspec value{};
  if (countdown.next == kNever) return value;
  // One that runs is never shown as 0.
  value.it_value = to_timespec(std::max(countdown.next - now, int64_t{1000}));
  value.it_interval = to_timespec(countdown.interval);
  return value;
}

Result<void> ProcessorTimers::set_limit(const GuestRlimit& seconds) {
  std::lock_guard lock(mutex_);
  // Linux takes 0 for a second.
  soft_limit_ = {to_nanoseconds(std::max(seconds.soft, uint64_t{1}), kNever), kSecond};
  hard_limit_ = {to_nanoseconds(std::max(seconds.hard, uint64_t{1}), kNever), kSecond};
  if (soft_limit_.next == kNever && hard_limit_.next == kNever && timer_.get() < 0) return {};
  TRY(start());
  return arm(cage_.processor_time());
}

Result<void> ProcessorTimers::arm(int64_t now) {
  if (timer_.get() < 0) return {};
  int64_t next = std::min(soft_limit_.next, hard_limit_.next);
  for (const Countdown& countdown : countdowns_) next = std::min(next, countdown.next);
  used_ = now;
  itimerspec value{};
  if (next != kNever) {
    const auto threads =
        cage_.with_threads([](auto all) { return static_cast<int64_t>(all.size()); });
    pause_ = std::max({pause_, (next - now) / threads, kShortestPause});
    value.it_value = to_timespec(pause_);
  }
  TRY(cage_.host().timerfd_settime(timer_.get(), 0, value));
  service_->rearm(owner_, 0, timer_.get());
  return {};
}

std::vector<int> ProcessorTimers::take_due(int64_t now) {
  std::vector<int> signals;
  auto take = [&](Countdown& countdown, int signal) {
    if (now < countdown.next) return;
    signals.push_back(signal);
    if (countdown.interval == 0) {
      countdown.next = kNever;
    } else {
      countdown.next += ((now - countdown.next) / countdown.interval + 1) * countdown.interval;
    }
  };
  take(hard_limit_, SIGKILL);
  take(soft_limit_, SIGXCPU);
  take(countdowns_[kVirtual], SIGVTALRM);
  take(countdowns_[kProfiling], SIGPROF);
  return signals;
}

void ProcessorTimers::timer_expired(int) {
  std::vector<int> due;
  {
    std::lock_guard lock(mutex_);
    (void)cage_.host().timerfd_expirations(timer_.get());
    const int64_t now = cage_.processor_time();
    const bool is_idle = now - used_ < pause_ / 8;
    due = take_due(now);
    pause_ = is_idle ? std::min(2 * pause_, kLongestPause) : 0;
    // Only a descriptor that is none could make this fail.
    (void)arm(now);
  }
  for (int signal : due) {
    GuestSiginfo information{};
    information.number = signal;
    information.code = SI_KERNEL;
    (void)cage_.signals().send(information);
  }
}

}  // namespace linden::microvisor
