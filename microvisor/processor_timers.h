// What happens when a cage has used a certain processor time: RLIMIT_CPU, and ITIMER_VIRTUAL and
// ITIMER_PROF of setitimer(2).
//
// The host has no clock that counts for one cage and that could wake somebody. So a timer of the
// host goes off when the cage can have used the time at the earliest, then asks what it has used,
// and is set again for the rest. While the cage does little, the pauses grow up to kLongestPause,
// by which a signal may be late.
//
// Differences from Linux: ITIMER_VIRTUAL counts time in system calls too. An interval shorter than
// a millisecond is one.
//
// Thread-safety: all functions may be called concurrently. The mutex is taken before that of the
// cage's threads, and nothing is sent with it held.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "microvisor/abi.h"
#include "microvisor/host.h"
#include "microvisor/timer_service.h"

namespace linden::microvisor {

class Cage;

class ProcessorTimers final : private TimerService::Owner {
 public:
  enum Kind { kVirtual, kProfiling };
  // In nanoseconds.
  static constexpr int64_t kShortestPause = 1'000'000, kLongestPause = 200'000'000;

  ProcessorTimers(Cage& cage, std::shared_ptr<TimerService> service);
  // Waits until the service is not calling.
  ~ProcessorTimers();
  ProcessorTimers(const ProcessorTimers&) = delete;

  // setitimer(2): what it was set to before. EAGAIN if the host has no timer left.
  Result<itimerspec> set(Kind kind, const itimerspec& value);
  itimerspec get(Kind kind);
  // RLIMIT_CPU: SIGXCPU at the soft limit and each second after it, SIGKILL at the hard one.
  // Likewise.
  Result<void> set_limit(const GuestRlimit& seconds);

 private:
  static constexpr int64_t kNever = INT64_MAX;
  static constexpr int kKinds = 2;

  // Of processor time, in nanoseconds.
  struct Countdown {
    int64_t next = kNever;
    int64_t interval = 0;
  };

  void timer_expired(int timer) override;
  Result<void> start();
  // Sets the host's timer for what comes first.
  Result<void> arm(int64_t now);
  // Which signals are due; moves their countdowns on.
  std::vector<int> take_due(int64_t now);
  static itimerspec left(const Countdown& countdown, int64_t now);

  Cage& cage_;
  const std::shared_ptr<TimerService> service_;
  std::mutex mutex_;
  // The rest is guarded by it.
  uint32_t owner_ = 0;  // the service's number; 0 before the first use
  HostFd timer_;
  Countdown countdowns_[kKinds];
  Countdown soft_limit_, hard_limit_;
  int64_t used_ = 0;   // when it was set last
  int64_t pause_ = 0;  // for how long
};

}  // namespace linden::microvisor
