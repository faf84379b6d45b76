#include "runtime/memory.h"

#include <sys/mman.h>

#include <algorithm>
#include <new>

namespace linden::runtime {

namespace {

// Initial memory up to this size gets no huge pages.
constexpr uint64_t kSparse = uint64_t{32} << 20;

}  // namespace

absl::StatusOr<std::unique_ptr<Memory>> Memory::create(const jit::Limits& limits, void* fixed) {
  std::unique_ptr<Memory> memory(new (std::nothrow) Memory);
  if (memory == nullptr) return absl::ResourceExhaustedError("out of memory");
  const int flags =
      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | (fixed != nullptr ? MAP_FIXED_NOREPLACE : 0);
  void* base = mmap(fixed, kReservation, PROT_NONE, flags, -1, 0);
  if (base == MAP_FAILED) {
    return absl::ResourceExhaustedError(
        fixed != nullptr ? "the fixed address of unsafe memory is taken: only one instance can run "
                           "without isolation"
                         : "no address space is left for a linear memory");
  }
  memory->base_ = static_cast<std::byte*>(base);
  // Advice only: where it is not followed, guests that roam over megabytes spend up to a quarter of
  // their time more on address translation. A range smaller than a huge page never becomes one.
  madvise(base, kReservation, MADV_HUGEPAGE);
  memory->limits_ = limits;
  memory->page_limit_ = kMaximumPages;
  if (memory->grow(limits.initial) < 0) {
    return absl::ResourceExhaustedError("cannot allocate the initial linear memory");
  }
  return memory;
}

std::unique_ptr<Memory> Memory::create_address_space(std::byte* reservation) {
  std::unique_ptr<Memory> memory(new Memory);
  memory->base_ = reservation;
  memory->limits_ = {.initial = kMaximumPages};
  memory->size_.store(kMaximumPages * kPageSize, std::memory_order_release);
  return memory;
}

Memory::~Memory() {
  if (base_ != nullptr) munmap(base_, kReservation);
}

absl::Status Memory::become_address_space(uint64_t null_zone) {
  const uint64_t allocated = size_.load();
  const uint64_t all = kMaximumPages * kPageSize;
  auto reserve = [this](uint64_t start, uint64_t end) {
    // A new mapping, because the address space wants one without the advice of create().
    return start >= end ||
           mmap(base_ + start, end - start, PROT_NONE,
                MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0) != MAP_FAILED;
  };
  if (!reserve(0, null_zone) || !reserve(std::max(allocated, null_zone), all)) {
    return absl::ResourceExhaustedError("cannot arrange the linear memory");
  }
  // Data and the first stack: mostly sparse, so that huge pages would only be cleared, and copied
  // by forks, for a few kilobytes each.
  if (allocated <= kSparse) madvise(base_, allocated, MADV_NOHUGEPAGE);
  size_.store(all, std::memory_order_release);
  return absl::OkStatus();
}

int64_t Memory::grow(uint64_t delta_pages) {
  std::lock_guard lock(grow_mutex_);
  const uint64_t old_size = size_.load(std::memory_order_relaxed);
  const uint64_t old_pages = old_size / kPageSize;
  uint64_t limit = std::min(page_limit_, kMaximumPages);
  if (limits_.has_maximum) limit = std::min(limit, limits_.maximum);
  if (delta_pages > limit || old_pages > limit - delta_pages) return -1;
  if (delta_pages != 0) {
    if (mprotect(base_ + old_size, delta_pages * kPageSize, PROT_READ | PROT_WRITE) != 0) return -1;
    size_.store(old_size + delta_pages * kPageSize, std::memory_order_release);
  }
  return static_cast<int64_t>(old_pages);
}

}  // namespace linden::runtime
