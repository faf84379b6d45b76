// The one host thread that all timers of all cages share. It sleeps in an epoll set of the host's
// timerfds and tells the owner of each that expires, once: the owner asks again by rearm(). So a
// timer whose signal nobody takes costs nothing, however short its interval.
//
// The thread is started by the first timer and joined by the destructor.
// Ownership: borrows the Host, which outlives it, and the owners, each until its retire().
// Thread-safety: all functions may be called concurrently, but retire() and rearm() of one owner.
// An owner is called back with no mutex of ours held.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <unordered_map>

#include "microvisor/host.h"

namespace linden::microvisor {

class TimerService {
 public:
  class Owner {
   public:
    // On the service's thread.
    virtual void timer_expired(int timer) = 0;

   protected:
    ~Owner() = default;
  };

  explicit TimerService(Host& host) : host_(host) {}
  // All owners have retired.
  ~TimerService();
  TimerService(const TimerService&) = delete;

  // A number for add() and rearm(). Starts the thread if there is none.
  Result<uint32_t> enlist(Owner& owner);
  // Returns when the owner is not, and won't be, called back.
  void retire(uint32_t owner);

  // Watches `timerfd`, which is the owner's `timer`, until it is closed.
  Result<void> add(uint32_t owner, int timer, int timerfd);
  // To be told of the next expiration, or of one that has happened meanwhile.
  void rearm(uint32_t owner, int timer, int timerfd);

 private:
  Result<void> start();
  void serve();

  Host& host_;
  std::mutex mutex_;
  std::condition_variable served_;
  std::unordered_map<uint32_t, Owner*> owners_;
  uint32_t next_owner_ = 1;
  uint32_t serving_ = 0;  // whose timer_expired() is running
  HostFd epoll_;
  HostFd stop_;  // an eventfd
  HostThread thread_;
};

}  // namespace linden::microvisor
