// poll_oneoff: waiting for the first of several times and descriptors.

#include "microvisor/poll.h"

#include <unistd.h>

#include <algorithm>

#include "microvisor/wasi/internal.h"

namespace linden::microvisor::wasi {

namespace {

// More than a cage has descriptors for, many times over, and small enough to copy.
constexpr uint32_t kMaxSubscriptions = 16384;

Event make_event(const Subscription& subscription, Errno error = Errno::Success) {
  return {.user_data = subscription.user_data,
          .error = static_cast<uint16_t>(error),
          .type = subscription.type,
          .padding0 = {},
          .byte_count = 0,
          .flags = 0,
          .padding1 = {}};
}

uint64_t readable_bytes(OpenFile& file) {
  Result<struct stat> status = file.stat();
  if (status.ok() && S_ISREG(status->st_mode)) {
    Result<int64_t> position = file.seek(0, SEEK_CUR);
    if (!position.ok() || position.value() >= status->st_size) return 0;
    return static_cast<uint64_t>(status->st_size - position.value());
  }
  Result<uint64_t> available = file.bytes_available();
  return available.ok() ? available.value() : 0;
}

class Waiter {
 public:
  explicit Waiter(Process& process) : process_(process) {}

  // EINVAL if the subscription makes no sense; one that can't be waited for becomes an event.
  Result<void> add(const Subscription& subscription) {
    switch (subscription.type) {
      case EventType::Clock:
        return add_timer(subscription);
      case EventType::FdRead:
      case EventType::FdWrite:
        add_file(subscription);
        return {};
    }
    return Error{EINVAL};
  }

  // At least one event.
  Result<std::vector<Event>> wait() {
    while (true) {
      Result<int> ready = files_.wait(process_.host(), TRY(time_left()));
      if (ready.code() == EINTR && !process_.exit_code()) continue;
      TRY(std::move(ready));
      collect_files();
      TRY(collect_timers());
      // None if a clock was set back or the timer of the host was early.
      if (!events_.empty()) return std::move(events_);
    }
  }

 private:
  struct Timer {
    Subscription subscription;
    clockid_t clock;
    uint64_t deadline;
  };
  struct WatchedFile {
    Subscription subscription;
    std::shared_ptr<OpenFile> file;
    size_t index;
  };

  Result<uint64_t> now(clockid_t clock) {
    return to_timestamp(TRY(process_.host().clock_gettime(clock)));
  }

  Result<void> add_timer(const Subscription& subscription) {
    if (subscription.flags & ~kSubscriptionAbsoluteTime) return Error{EINVAL};
    Result<clockid_t> clock = to_clock(subscription.clock_or_fd);
    if (!clock.ok()) {
      events_.push_back(make_event(subscription, Errno::Invalid));
      return {};
    }
    if (*clock != CLOCK_REALTIME && *clock != CLOCK_MONOTONIC) {
      // Waiting takes no processor time: such a timer might never fire.
      events_.push_back(make_event(subscription, Errno::NotSupported));
      return {};
    }
    uint64_t deadline = subscription.timeout;
    if (!(subscription.flags & kSubscriptionAbsoluteTime) &&
        __builtin_add_overflow(TRY(now(*clock)), deadline, &deadline)) {
      deadline = UINT64_MAX;
    }
    timers_.push_back({subscription, *clock, deadline});
    return {};
  }

  void add_file(const Subscription& subscription) {
    auto file = process_.file(subscription.clock_or_fd, right::kPollFdReadwrite);
    if (!file.ok()) {
      events_.push_back(make_event(subscription, to_errno(file.code())));
      return;
    }
    int16_t wanted = subscription.type == EventType::FdRead ? POLLIN : POLLOUT;
    size_t index = files_.add(*file, wanted);
    watched_.push_back({subscription, file.take(), index});
  }

  Result<std::optional<timespec>> time_left() {
    if (!events_.empty()) return std::optional(timespec{0, 0});
    if (timers_.empty()) return std::optional<timespec>();
    uint64_t shortest = UINT64_MAX;
    for (const Timer& timer : timers_) {
      uint64_t present = TRY(now(timer.clock));
      shortest = std::min(shortest, timer.deadline > present ? timer.deadline - present : 0);
    }
    return std::optional(to_timespec(shortest));
  }

  void collect_files() {
    for (const WatchedFile& watched : watched_) {
      int16_t state = files_.events(watched.index);
      if (state == 0) continue;
      Event event = make_event(watched.subscription);
      if (state & POLLNVAL) event.error = static_cast<uint16_t>(Errno::BadFd);
      // An error condition is fetched by the read or write that follows.
      if (state & POLLHUP) event.flags = kEventHangup;
      if (state & POLLIN) event.byte_count = readable_bytes(*watched.file);
      events_.push_back(event);
    }
  }

  Result<void> collect_timers() {
    for (const Timer& timer : timers_) {
      if (TRY(now(timer.clock)) >= timer.deadline) {
        events_.push_back(make_event(timer.subscription));
      }
    }
    return {};
  }

  Process& process_;
  PollSet files_;
  std::vector<WatchedFile> watched_;
  std::vector<Timer> timers_;
  std::vector<Event> events_;
};

}  // namespace

Errno poll_oneoff(Process& process, uint32_t in, uint32_t out, uint32_t nsubscriptions,
                  uint32_t nevents_out) {
  if (nsubscriptions == 0 || nsubscriptions > kMaxSubscriptions) return Errno::Invalid;
  // Checked before waiting: an event must not get lost because there is no room for it.
  WASI_TRY(process.memory().check(GuestSpan<Event>{{out}, nsubscriptions}));
  WASI_TRY(process.memory().check(GuestSpan<uint32_t>{{nevents_out}, 1}));
  std::vector<Subscription> subscriptions(nsubscriptions);
  WASI_TRY(process.memory().copy_in(std::span(subscriptions), GuestPtr<Subscription>{in}));

  Waiter waiter(process);
  for (const Subscription& subscription : subscriptions) WASI_TRY(waiter.add(subscription));
  std::vector<Event> events = WASI_TRY(waiter.wait());
  WASI_TRY(process.memory().copy_out(GuestPtr<Event>{out}, std::span(events)));
  return store(process, nevents_out, static_cast<uint32_t>(events.size()));
}

}  // namespace linden::microvisor::wasi
