// Linear memories with what is mapped in them, and a pool of those that have served a process: the
// next forked child has its pages without page faults (microvisor/address_space_fork.cpp).
//
// A memory comes back when its last owner lets go of it, wherever that is. It is kept for a second
// at most, and within bounds of number and size; then the host has its pages again.
// Ownership: images keep their pool alive; the pool owns the images that wait in it. The Host of
// the address spaces outlives all of them. Thread-safety: all functions may be called concurrently.
#ifndef LINDEN_RUNTIME_MEMORY_POOL_H_
#define LINDEN_RUNTIME_MEMORY_POOL_H_

#include <chrono>
#include <memory>
#include <mutex>
#include <vector>

#include "microvisor/address_space.h"
#include "runtime/memory.h"

namespace linden::runtime {

struct MemoryImage {
  MemoryImage(std::unique_ptr<Memory> memory, microvisor::Host& host, uint64_t limit)
      : memory(std::move(memory)), address_space(host, this->memory->base(), limit) {}
  std::unique_ptr<Memory> memory;
  microvisor::AddressSpace address_space;
};

class MemoryPool : public std::enable_shared_from_this<MemoryPool> {
 public:
  // `limit`: how many bytes each process may map.
  static std::shared_ptr<MemoryPool> create(microvisor::Host& host, uint64_t limit);
  ~MemoryPool();
  MemoryPool(const MemoryPool&) = delete;

  // Of a memory that has become an address space, of which nothing is on record yet.
  std::shared_ptr<MemoryImage> adopt(std::unique_ptr<Memory> memory);
  // A copy of `parent`, as fork has it. ENOMEM if there is no address space left, or what the host
  // says.
  microvisor::Result<std::shared_ptr<MemoryImage>> copy(microvisor::AddressSpace& parent);

  // Frees, in all pools, what has waited for too long. Whoever has nothing else to do calls it, and
  // again if this is true: something still waits.
  static bool free_idle();

 private:
  using Clock = std::chrono::steady_clock;
  struct Idle {
    std::unique_ptr<MemoryImage> image;
    uint64_t bytes;
    Clock::time_point since;
  };

  MemoryPool(microvisor::Host& host, uint64_t limit) : host_(host), limit_(limit) {}

  std::shared_ptr<MemoryImage> share(std::unique_ptr<MemoryImage> image);
  void take_back(std::unique_ptr<MemoryImage> image);
  // One that was a copy of `parent` before; or else the last that came back; or null.
  std::unique_ptr<MemoryImage> take(const microvisor::AddressSpace& parent);
  // Whether something is left.
  bool free_older_than(Clock::time_point time);

  microvisor::Host& host_;
  const uint64_t limit_;
  std::mutex mutex_;
  std::vector<Idle> idle_;  // the last one came back last
};

}  // namespace linden::runtime

#endif
