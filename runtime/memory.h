// One linear memory: 8 GiB of address space and guards, of which the first `size` bytes are
// accessible. An i32 address plus a 32-bit offset plus the widest access always stays inside the
// reservation, so generated code needs no bounds check: what lies beyond `size` faults, and the
// fault is a trap.
#ifndef LINDEN_RUNTIME_MEMORY_H_
#define LINDEN_RUNTIME_MEMORY_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>

#include "absl/status/statusor.h"
#include "jit/abi.h"
#include "jit/types.h"

namespace linden::runtime {

class Memory {
 public:
  static constexpr uint64_t kPageSize = 65536;
  static constexpr uint64_t kMaximumPages = 65536;
  static constexpr uint64_t kReservation = jit::kMemoryReservation;
  static_assert(kReservation % kPageSize == 0);
  static_assert(kReservation >= jit::kMemoryMask + 64, "the widest vector at the highest address");

  // ResourceExhausted if the reservation or the initial pages cannot be had.
  // `fixed`: where the reservation must lie, for the `none` back-end; null for anywhere.
  static absl::StatusOr<std::unique_ptr<Memory>> create(const jit::Limits& limits,
                                                        void* fixed = nullptr);
  ~Memory();
  Memory(const Memory&) = delete;
  Memory& operator=(const Memory&) = delete;

  std::byte* base() const { return base_; }
  // Only grows. Other threads may see an older value; the bytes are accessible before it changes.
  const std::atomic<uint64_t>& size() const { return size_; }
  uint64_t size_in_pages() const { return size_.load(std::memory_order_acquire) / kPageSize; }
  const jit::Limits& limits() const { return limits_; }
  // Pages accessible before, or -1 if the limit or the host does not allow it. Thread-safe.
  int64_t grow(uint64_t delta_pages);
  // A further bound on growth (pages), below the module's own; for `--memory`.
  void set_page_limit(uint64_t pages) { page_limit_ = pages; }
  // From now on all 4 GiB count as the memory's size, the first `null_zone` bytes are inaccessible,
  // and which pages beyond what has been allocated are accessible is the business of the
  // microvisor's address space. Growing fails. Must happen before any code runs.
  absl::Status become_address_space(uint64_t null_zone);
  // One that has become an address space, with nothing accessible. Takes over `reservation`:
  // kReservation bytes, inaccessible, private, anonymous, MAP_NORESERVE.
  static std::unique_ptr<Memory> create_address_space(std::byte* reservation);
  // Whether the fault address belongs to this memory's reservation.
  bool contains(const void* address) const {
    return address >= base_ && address < base_ + kReservation;
  }

 private:
  Memory() = default;

  std::byte* base_ = nullptr;
  std::atomic<uint64_t> size_{0};
  jit::Limits limits_;
  uint64_t page_limit_ = kMaximumPages;
  std::mutex grow_mutex_;
};

}  // namespace linden::runtime

#endif
