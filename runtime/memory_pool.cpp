#include "runtime/memory_pool.h"

#include <sys/mman.h>

#include <algorithm>
#include <unordered_set>

namespace linden::runtime {

namespace {

constexpr size_t kMaximumIdle = 16;
constexpr uint64_t kMaximumIdleBytes = uint64_t{1} << 30;
constexpr std::chrono::seconds kPatience(1);

// All there are. Never destroyed: threads that outlive main() look here.
struct Pools {
  std::mutex mutex;
  std::unordered_set<MemoryPool*> all;
};
Pools& pools() {
  static auto* pools = new Pools;
  return *pools;
}

}  // namespace

std::shared_ptr<MemoryPool> MemoryPool::create(microvisor::Host& host, uint64_t limit) {
  std::shared_ptr<MemoryPool> pool(new MemoryPool(host, limit));
  std::lock_guard lock(pools().mutex);
  pools().all.insert(pool.get());
  return pool;
}

MemoryPool::~MemoryPool() {
  std::lock_guard lock(pools().mutex);
  pools().all.erase(this);
}

std::shared_ptr<MemoryImage> MemoryPool::share(std::unique_ptr<MemoryImage> image) {
  return {image.release(), [pool = shared_from_this()](MemoryImage* image) {
            pool->take_back(std::unique_ptr<MemoryImage>(image));
          }};
}

std::shared_ptr<MemoryImage> MemoryPool::adopt(std::unique_ptr<Memory> memory) {
  return share(std::make_unique<MemoryImage>(std::move(memory), host_, limit_));
}

microvisor::Result<std::shared_ptr<MemoryImage>> MemoryPool::copy(
    microvisor::AddressSpace& parent) {
  std::unique_ptr<MemoryImage> image = take(parent);
  if (image == nullptr) {
    std::byte* reservation = TRY(host_.mmap(nullptr, Memory::kReservation, PROT_NONE,
                                            MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0));
    image = std::make_unique<MemoryImage>(Memory::create_address_space(reservation), host_, limit_);
  }
  TRY(image->address_space.copy_from(parent));
  return share(std::move(image));
}

std::unique_ptr<MemoryImage> MemoryPool::take(const microvisor::AddressSpace& parent) {
  std::lock_guard lock(mutex_);
  if (idle_.empty()) return nullptr;
  auto best = std::find_if(idle_.rbegin(), idle_.rend(), [&](const Idle& idle) {
    return idle.image->address_space.is_copy_of(parent);
  });
  auto chosen = best == idle_.rend() ? std::prev(idle_.end()) : std::prev(best.base());
  std::unique_ptr<MemoryImage> image = std::move(chosen->image);
  idle_.erase(chosen);
  return image;
}

void MemoryPool::take_back(std::unique_ptr<MemoryImage> image) {
  const microvisor::Result<uint64_t> bytes = image->address_space.retire();
  if (!bytes.ok()) return;
  // Freed when the lock has been released.
  std::vector<Idle> superfluous;
  std::lock_guard lock(mutex_);
  idle_.push_back({std::move(image), bytes.value(), Clock::now()});
  uint64_t total = 0;
  for (const Idle& idle : idle_) total += idle.bytes;
  while (!idle_.empty() && (idle_.size() > kMaximumIdle || total > kMaximumIdleBytes)) {
    total -= idle_.front().bytes;
    superfluous.push_back(std::move(idle_.front()));
    idle_.erase(idle_.begin());
  }
}

bool MemoryPool::free_older_than(Clock::time_point time) {
  std::vector<Idle> old;
  std::lock_guard lock(mutex_);
  auto kept = std::find_if(idle_.begin(), idle_.end(),
                           [time](const Idle& idle) { return idle.since > time; });
  std::move(idle_.begin(), kept, std::back_inserter(old));
  idle_.erase(idle_.begin(), kept);
  return !idle_.empty();
}

bool MemoryPool::free_idle() {
  std::lock_guard lock(pools().mutex);
  bool is_left = false;
  for (MemoryPool* pool : pools().all) {
    is_left |= pool->free_older_than(Clock::now() - kPatience);
  }
  return is_left;
}

}  // namespace linden::runtime
