#include "runtime/code_region.h"

#include <sys/mman.h>

#include <atomic>
#include <cstring>
#include <map>
#include <mutex>
#include <utility>

#include "absl/strings/str_cat.h"

namespace linden::runtime {
namespace {

constexpr size_t kRegionSize = size_t{16} << 30;
// Granularity of ownership; allocations are multiples of it.
constexpr size_t kPageSize = 4096;

// The reservation and its bookkeeping. Never unmapped: signal handlers may look at it at any time.
class Region {
 public:
  static Region& instance() {
    static Region* region = new Region;
    return *region;
  }

  std::byte* base() const { return base_; }

  // First fit. Null if there is no room.
  std::byte* allocate(size_t size) {
    std::lock_guard lock(mutex_);
    for (auto range = free_.begin(); range != free_.end(); ++range) {
      auto [offset, available] = *range;
      if (available < size) continue;
      free_.erase(range);
      if (available > size) free_.emplace(offset + size, available - size);
      return base_ + offset;
    }
    return nullptr;
  }

  void release(std::byte* address, size_t size) {
    // Gives the pages back and makes them inaccessible in one step.
    mmap(address, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0);
    std::lock_guard lock(mutex_);
    size_t offset = static_cast<size_t>(address - base_);
    auto next = free_.lower_bound(offset);
    if (next != free_.end() && offset + size == next->first) {
      size += next->second;
      next = free_.erase(next);
    }
    if (next != free_.begin()) {
      auto previous = std::prev(next);
      if (previous->first + previous->second == offset) {
        previous->second += size;
        return;
      }
    }
    free_.emplace(offset, size);
  }

  void set_owner(const std::byte* address, size_t size, const LoadedCode* owner) {
    size_t first = static_cast<size_t>(address - base_) / kPageSize;
    for (size_t page = first; page < first + size / kPageSize; ++page) {
      owners_[page].store(owner, std::memory_order_release);
    }
  }

  const LoadedCode* owner(uintptr_t address) const {
    return owners_[(address - reinterpret_cast<uintptr_t>(base_)) / kPageSize].load(
        std::memory_order_acquire);
  }

 private:
  Region() {
    auto reserve = [](size_t size, int protection) {
      void* address =
          mmap(nullptr, size, protection, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
      return address == MAP_FAILED ? nullptr : address;
    };
    base_ = static_cast<std::byte*>(reserve(kRegionSize, PROT_NONE));
    // Untouched pages of this array cost nothing.
    owners_ = static_cast<std::atomic<const LoadedCode*>*>(
        reserve(kRegionSize / kPageSize * sizeof(void*), PROT_READ | PROT_WRITE));
    if (base_ != nullptr && owners_ != nullptr) free_.emplace(0, kRegionSize);
    published_base.store(reinterpret_cast<uintptr_t>(base_), std::memory_order_release);
  }

  std::byte* base_;
  std::atomic<const LoadedCode*>* owners_;
  std::mutex mutex_;
  std::map<size_t, size_t> free_;  // offset -> size

 public:
  // 0 until the region exists: lets a signal handler ask without creating it.
  static inline std::atomic<uintptr_t> published_base{0};
};

int host_protection(jit::Protection protection) {
  switch (protection) {
    case jit::Protection::ReadExecute:
      return PROT_READ | PROT_EXEC;
    case jit::Protection::ReadOnly:
      return PROT_READ;
    case jit::Protection::ReadWrite:
      return PROT_READ | PROT_WRITE;
  }
  return PROT_NONE;
}

}  // namespace

CodeAllocation::CodeAllocation(CodeAllocation&& other) noexcept
    : base_(std::exchange(other.base_, nullptr)), size_(std::exchange(other.size_, 0)) {}

CodeAllocation& CodeAllocation::operator=(CodeAllocation&& other) noexcept {
  std::swap(base_, other.base_);
  std::swap(size_, other.size_);
  return *this;
}

CodeAllocation::~CodeAllocation() {
  if (base_ == nullptr) return;
  Region::instance().set_owner(base_, size_, nullptr);
  Region::instance().release(base_, size_);
}

absl::StatusOr<CodeAllocation> CodeAllocation::load(const jit::Image& image) {
  CodeAllocation allocation;
  const size_t size = (image.content.size() + kPageSize - 1) / kPageSize * kPageSize;
  if (size == 0) return allocation;
  std::byte* base = Region::instance().allocate(size);
  if (base == nullptr) {
    return absl::ResourceExhaustedError("no address space is left for machine code");
  }
  allocation.base_ = base;
  allocation.size_ = size;
  if (mprotect(base, size, PROT_READ | PROT_WRITE) != 0) {
    return absl::ResourceExhaustedError(absl::StrCat("no memory for ", size, " bytes of code"));
  }
  std::memcpy(base, image.content.data(), image.content.size());
  for (uint32_t offset : image.rebases) {
    uint64_t word;
    std::memcpy(&word, base + offset, sizeof word);
    word += reinterpret_cast<uint64_t>(base);
    std::memcpy(base + offset, &word, sizeof word);
  }
  for (const jit::ImageSegment& segment : image.segments) {
    if (segment.size != 0 &&
        mprotect(base + segment.offset, segment.size, host_protection(segment.protection)) != 0) {
      return absl::ResourceExhaustedError("cannot make code executable");
    }
  }
  return allocation;
}

void CodeAllocation::set_owner(const LoadedCode* owner) {
  if (base_ != nullptr) Region::instance().set_owner(base_, size_, owner);
}

bool in_code_region(uintptr_t address) {
  const uintptr_t base = Region::published_base.load(std::memory_order_acquire);
  return base != 0 && address - base < kRegionSize;
}

const LoadedCode* find_code(uintptr_t address) {
  return in_code_region(address) ? Region::instance().owner(address) : nullptr;
}

}  // namespace linden::runtime
