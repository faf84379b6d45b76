#include "runtime/wait_queue.h"

#include <chrono>
#include <condition_variable>
#include <list>
#include <mutex>

#include "microvisor/guest_memory.h"

namespace linden::runtime {
namespace {

struct Waiter {
  const std::byte* address;
  std::condition_variable wake;
  bool woken = false;
};

// Addresses hash to buckets, so that unrelated words rarely share a lock.
struct Bucket {
  std::mutex mutex;
  std::list<Waiter*> waiters;  // oldest first
};

Bucket& bucket_of(const std::byte* address) {
  static auto* buckets = new Bucket[256];
  return buckets[reinterpret_cast<uintptr_t>(address) / 8 * 0x9e3779b97f4a7c15u >> 56];
}

}  // namespace

std::optional<WaitResult> wait_on(const std::byte* address, unsigned size, uint64_t expected,
                                  int64_t timeout_ns) {
  Bucket& bucket = bucket_of(address);
  std::unique_lock lock(bucket.mutex);
  // Under the lock: a notify after the guest's store cannot fall between this check and the wait.
  std::optional<uint64_t> found = microvisor::load_user_word(address, size);
  if (!found) return std::nullopt;
  if (*found != expected) return WaitResult::NotEqual;
  Waiter waiter{address, {}, false};
  auto position = bucket.waiters.insert(bucket.waiters.end(), &waiter);
  auto is_woken = [&] { return waiter.woken; };
  // Far deadlines would overflow the clock; a century is for ever.
  constexpr int64_t kForEver = int64_t{100} * 365 * 24 * 3600 * 1'000'000'000;
  if (timeout_ns < 0 || timeout_ns > kForEver) {
    waiter.wake.wait(lock, is_woken);
  } else {
    waiter.wake.wait_for(lock, std::chrono::nanoseconds(timeout_ns), is_woken);
  }
  if (waiter.woken) return WaitResult::Woken;
  bucket.waiters.erase(position);
  return WaitResult::TimedOut;
}

uint32_t notify_at(const std::byte* address, uint32_t count) {
  Bucket& bucket = bucket_of(address);
  std::lock_guard lock(bucket.mutex);
  uint32_t woken = 0;
  for (auto it = bucket.waiters.begin(); it != bucket.waiters.end() && woken < count;) {
    Waiter* waiter = *it;
    if (waiter->address != address) {
      ++it;
      continue;
    }
    it = bucket.waiters.erase(it);
    waiter->woken = true;
    waiter->wake.notify_one();
    ++woken;
  }
  return woken;
}

}  // namespace linden::runtime
