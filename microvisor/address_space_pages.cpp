// What is asked about mapped pages, and advised: madvise, msync, mincore, mlock and its relatives.

#include <sys/mman.h>

#include "absl/container/inlined_vector.h"
#include "microvisor/address_space.h"

namespace linden::microvisor {

namespace {

constexpr int kMadvCollapse = 25;  // which Debian 12's C library doesn't define

enum class AdviceKind { Host, Recorded, Unknown };

AdviceKind kind_of(int advice) {
  switch (advice) {
    case MADV_NORMAL:
    case MADV_RANDOM:
    case MADV_SEQUENTIAL:
    case MADV_WILLNEED:
    case MADV_DONTNEED:
    case MADV_FREE:
    case MADV_REMOVE:
    case MADV_HUGEPAGE:
    case MADV_NOHUGEPAGE:
    case MADV_DONTDUMP:
    case MADV_DODUMP:
    case MADV_COLD:
    case MADV_PAGEOUT:
    case MADV_POPULATE_READ:
    case MADV_POPULATE_WRITE:
    case MADV_DONTNEED_LOCKED:
    case kMadvCollapse:
      return AdviceKind::Host;
    // For forks of the guest; the host process forks, if at all, for itself.
    case MADV_DONTFORK:
    case MADV_DOFORK:
    case MADV_WIPEONFORK:
    case MADV_KEEPONFORK:
      return AdviceKind::Recorded;
    // As a kernel that is built without them. MADV_HWPOISON and its like would poison the machine's
    // memory; MADV_MERGEABLE would let one cage find out by timing what another has stored.
    default:
      return AdviceKind::Unknown;
  }
}

void record(int advice, RegionAttributes& attributes) {
  switch (advice) {
    case MADV_DONTFORK:
    case MADV_DOFORK:
      attributes.dont_fork = advice == MADV_DONTFORK;
      break;
    case MADV_WIPEONFORK:
    case MADV_KEEPONFORK:
      attributes.wipe_on_fork = advice == MADV_WIPEONFORK;
      break;
    case MADV_HUGEPAGE:
    case MADV_NOHUGEPAGE:
      attributes.huge_pages = advice == MADV_HUGEPAGE ? HugePages::Wanted : HugePages::Refused;
      break;
    default:
      break;
  }
}

}  // namespace

Result<void> AddressSpace::advise(uint32_t address, uint32_t length, int advice) {
  const AdviceKind kind = kind_of(advice);
  if (kind == AdviceKind::Unknown || !is_page_aligned(address)) return Error{EINVAL};
  MutexLock lock(&mutex_);
  const PageRange range{address, address + round_up_to_page(length)};
  return for_each_piece(range, [&](const Region& piece) -> Result<void> {
    if (kind == AdviceKind::Host) {
      has_unusual_pages_ |= advice == MADV_FREE;
      TRY(host_.madvise(at(piece.range.start), piece.range.size(), advice));
    }
    if (advice == MADV_WIPEONFORK && !piece.attributes.is_private_anonymous()) {
      return Error{EINVAL};
    }
    RegionAttributes changed = piece.attributes;
    record(advice, changed);
    if (changed != piece.attributes) {
      regions_.update(piece.range, [&](RegionAttributes& a) { record(advice, a); });
    }
    return {};
  });
}

Result<void> AddressSpace::sync(uint32_t address, uint32_t length, int flags) {
  if (flags & ~(MS_ASYNC | MS_INVALIDATE | MS_SYNC)) return Error{EINVAL};
  if ((flags & MS_ASYNC) && (flags & MS_SYNC)) return Error{EINVAL};
  if (!is_page_aligned(address)) return Error{EINVAL};
  absl::InlinedVector<PageRange, 4> pieces;
  Result<void> mapped;
  {
    MutexLock lock(&mutex_);
    const PageRange range{address, address + round_up_to_page(length)};
    mapped = for_each_piece(range, [&](const Region& piece) -> Result<void> {
      pieces.push_back(piece.range);
      return {};
    });
  }
  // Not under the lock, because disks are slow. Whatever is mapped here meanwhile, it is the
  // guest's, and writing it back does no harm.
  for (const PageRange& piece : pieces) {
    TRY(host_.msync(at(piece.start), piece.size(), flags));
  }
  return mapped;
}

Result<void> AddressSpace::residency(uint32_t address, std::span<uint8_t> pages) {
  if (!is_page_aligned(address)) return Error{EINVAL};
  const PageRange range{address, address + pages.size() * kGuestPageSize};
  MutexLock lock(&mutex_);
  if (range.end > kEnd || regions_.bytes_mapped_in(range) != range.size()) return Error{ENOMEM};
  return host_.mincore(at(range.start), range.size(), pages);
}

Result<void> AddressSpace::lock_pages(uint32_t address, uint32_t length, int flags) {
  if (flags & ~MLOCK_ONFAULT) return Error{EINVAL};
  const PageRange range{address - address % kGuestPageSize,
                        round_up_to_page(uint64_t{address} + length)};
  MutexLock lock(&mutex_);
  has_unusual_pages_ = true;
  return for_each_piece(range, [&](const Region& piece) {
    return host_.mlock(at(piece.range.start), piece.range.size(), flags);
  });
}

Result<void> AddressSpace::unlock_pages(uint32_t address, uint32_t length) {
  const PageRange range{address - address % kGuestPageSize,
                        round_up_to_page(uint64_t{address} + length)};
  MutexLock lock(&mutex_);
  return for_each_piece(range, [&](const Region& piece) {
    return host_.munlock(at(piece.range.start), piece.range.size());
  });
}

Result<void> AddressSpace::lock_all_pages(int flags) {
  if ((flags & ~(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT)) || (flags & ~MCL_ONFAULT) == 0) {
    return Error{EINVAL};
  }
  MutexLock lock(&mutex_);
  has_unusual_pages_ = true;
  lock_future_ = flags & MCL_FUTURE ? flags : 0;
  if (!(flags & MCL_CURRENT)) return {};
  regions_.for_each([&](const Region& region) {
    // As on Linux, pages that can't be brought in are no failure of the call.
    (void)host_.mlock(at(region.range.start), region.range.size(),
                      flags & MCL_ONFAULT ? MLOCK_ONFAULT : 0);
  });
  return {};
}

Result<void> AddressSpace::unlock_all_pages() {
  MutexLock lock(&mutex_);
  lock_future_ = 0;
  regions_.for_each([&](const Region& region) {
    (void)host_.munlock(at(region.range.start), region.range.size());
  });
  return {};
}

// After mlockall(MCL_FUTURE). Failures aren't reported, as by mmap with MAP_LOCKED.
void AddressSpace::lock_if_wanted(PageRange range) {
  if (lock_future_ == 0) return;
  (void)host_.mlock(at(range.start), range.size(), lock_future_ & MCL_ONFAULT ? MLOCK_ONFAULT : 0);
}

}  // namespace linden::microvisor
