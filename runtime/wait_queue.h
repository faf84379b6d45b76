// memory.atomic.wait and notify: threads parked by host address (so it works across instances that
// share a memory). Thread-safe.
#ifndef LINDEN_RUNTIME_WAIT_QUEUE_H_
#define LINDEN_RUNTIME_WAIT_QUEUE_H_

#include <cstddef>
#include <cstdint>
#include <optional>

namespace linden::runtime {

enum class WaitResult : uint32_t { Woken = 0, NotEqual = 1, TimedOut = 2 };

// Parks the thread while the 4- or 8-byte word at `address` (aligned) equals `expected`, until
// notified or `timeout_ns` has passed (negative: for ever). Nothing if the word cannot be read.
std::optional<WaitResult> wait_on(const std::byte* address, unsigned size, uint64_t expected,
                                  int64_t timeout_ns);
// Wakes at most `count` of those parked at `address`, the longest-waiting first; returns how many.
uint32_t notify_at(const std::byte* address, uint32_t count);

}  // namespace linden::runtime

#endif
