#include "microvisor/timer_service.h"

#include <utility>

namespace linden::microvisor {

namespace {

// What an event of the epoll set says. Owners have numbers from 1 on.
constexpr uint64_t kStop = 0;
constexpr uint64_t word_of(uint32_t owner, int timer) {
  return uint64_t{owner} << 32 | static_cast<uint32_t>(timer);
}

epoll_event interest(uint64_t word) {
  epoll_event event{};
  event.events = EPOLLIN | EPOLLONESHOT;
  event.data.u64 = word;
  return event;
}

}  // namespace

TimerService::~TimerService() {
  if (thread_) host_.post_event(stop_.get());
  thread_.join();
}

Result<void> TimerService::start() {
  if (thread_) return {};
  HostFd epoll = TRY(host_.epoll_create());
  HostFd stop = TRY(host_.eventfd(0, 0));
  TRY(host_.epoll_ctl(epoll.get(), EPOLL_CTL_ADD, stop.get(), interest(kStop)));
  epoll_ = std::move(epoll);
  stop_ = std::move(stop);
  thread_ = TRY(host_.start_thread([this] { serve(); }));
  return {};
}

Result<uint32_t> TimerService::enlist(Owner& owner) {
  std::lock_guard lock(mutex_);
  TRY(start());
  while (next_owner_ == 0 || owners_.contains(next_owner_)) ++next_owner_;
  owners_.emplace(next_owner_, &owner);
  return next_owner_++;
}

void TimerService::retire(uint32_t owner) {
  std::unique_lock lock(mutex_);
  owners_.erase(owner);
  served_.wait(lock, [&] { return serving_ != owner; });
}

Result<void> TimerService::add(uint32_t owner, int timer, int timerfd) {
  return host_.epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, timerfd, interest(word_of(owner, timer)));
}

void TimerService::rearm(uint32_t owner, int timer, int timerfd) {
  (void)host_.epoll_ctl(epoll_.get(), EPOLL_CTL_MOD, timerfd, interest(word_of(owner, timer)));
}

void TimerService::serve() {
  while (true) {
    epoll_event event{};
    Result<int> ready = host_.epoll_wait(epoll_.get(), {&event, 1}, nullptr);
    if (!ready.ok() || *ready == 0) continue;
    if (event.data.u64 == kStop) return;
    Owner* owner = nullptr;
    {
      std::lock_guard lock(mutex_);
      auto found = owners_.find(static_cast<uint32_t>(event.data.u64 >> 32));
      // Retired since.
      if (found == owners_.end()) continue;
      serving_ = found->first;
      owner = found->second;
    }
    owner->timer_expired(static_cast<int32_t>(event.data.u64));
    {
      std::lock_guard lock(mutex_);
      serving_ = 0;
    }
    served_.notify_all();
  }
}

}  // namespace linden::microvisor
