// mremap. The guest's pages must be moved, and maybe grown, without leaving a hole where they were
// (rule 1 of address_space.h), but the one call that moves and leaves a mapping behind,
// MREMAP_DONTUNMAP, can't grow. So there are two steps: lift() moves the pages out of the linear
// memory to wherever the host likes, and from there, where a hole does no harm, they are moved to
// their new place and grown on the way. Growing in place goes the same way: what is free above is a
// reservation, and the host would grow a mapping only into a hole.

#include <sys/mman.h>

#include "microvisor/address_space.h"

namespace linden::microvisor {

Result<uint32_t> AddressSpace::remap(uint32_t old_address, uint32_t old_length, uint32_t new_length,
                                     int flags, uint32_t new_address) {
  constexpr int kPlaced = MREMAP_FIXED | MREMAP_DONTUNMAP;
  const uint64_t old_size = round_up_to_page(old_length);
  const uint64_t new_size = round_up_to_page(new_length);
  PageRange from{old_address, old_address + old_size};
  if (flags & ~(MREMAP_MAYMOVE | kPlaced)) return Error{EINVAL};
  if (!is_page_aligned(old_address) || new_size == 0) return Error{EINVAL};
  if (flags & kPlaced) {
    const PageRange target{new_address, new_address + new_size};
    if (!(flags & MREMAP_MAYMOVE) || !is_page_aligned(new_address)) return Error{EINVAL};
    if (target.end > kEnd || target.overlaps(from)) return Error{EINVAL};
    if ((flags & MREMAP_DONTUNMAP) && old_size != new_size) return Error{EINVAL};
  }

  MutexLock lock(&mutex_);
  const Region* region = regions_.find(old_address);
  if (!region) return Error{EFAULT};
  if (old_size > new_size) {
    if (from.end > kEnd) return Error{EINVAL};
    // All that is needed of a region that must be one: what is cut off may be anything.
    from.end = from.start + new_size;
    if ((flags & kPlaced) && from.end > region->range.end) return Error{EFAULT};
    TRY(unmap_range({from.end, from.start + old_size}));
  }
  if (!(flags & kPlaced) && old_size >= new_size) return old_address;
  // Shrinking may have changed the map.
  region = regions_.find(old_address);
  if (from.empty() && !region->attributes.shared) return Error{EINVAL};
  if (from.end > region->range.end) return Error{EFAULT};

  const PageRange to = TRY(remap_target(from, new_size, flags, new_address));
  const Region source = region->slice({from.start, region->range.end});
  const bool keeps_source = from.empty() || (flags & MREMAP_DONTUNMAP);
  if (keeps_source || from.size() == to.size()) {
    TRY(move_to(to, at(from.start), from.size(), from.empty() ? 0 : MREMAP_DONTUNMAP));
  } else {
    TRY(move_and_grow(source.slice(from), to));
  }
  regions_.erase(to);
  regions_.insert({to, source.attributes, source.offset});
  if (to.size() >= kHugePageSize) advise_huge_pages(to);
  // The pages have arrived, so this is a success even if the host can't take back what they left
  // behind: it stays mapped then, and the record says so.
  if (!keeps_source && to.start != from.start) (void)unmap_range(from);
  return static_cast<uint32_t>(to.start);
}

// Where the pages go, with the limit checked.
Result<PageRange> AddressSpace::remap_target(PageRange from, uint64_t new_size, int flags,
                                             uint32_t new_address) {
  const uint64_t kept = flags & MREMAP_DONTUNMAP ? from.size() : 0;
  const uint64_t growth = kept + new_size - from.size();
  if (flags & MREMAP_FIXED) {
    if (new_address < kStart) return Error{EPERM};
    const PageRange to{new_address, new_address + new_size};
    TRY(check_limit(growth, to));
    return to;
  }
  TRY(check_limit(growth, {}));
  if (flags & MREMAP_DONTUNMAP) return choose_place(new_address, new_size, 0);
  const PageRange in_place{from.start, from.start + new_size};
  if (!from.empty() && in_place.end <= kEnd && regions_.is_free({from.end, in_place.end})) {
    return in_place;
  }
  if (!(flags & MREMAP_MAYMOVE)) return Error{ENOMEM};
  return find_free(new_size);
}

// What stays behind of `from`, unless `to` covers it, is mapped as before, but empty.
Result<void> AddressSpace::move_and_grow(const Region& from, PageRange to) {
  HostMapping lifted = TRY(lift(from.range));
  auto moved = move_to(to, lifted.address(), lifted.size(), 0);
  if (!moved.ok()) {
    // Back to where they were, for which the host needs nothing that it hasn't had.
    TRY(move_to(from.range, lifted.address(), lifted.size(), 0));
    regions_.erase(from.range);
    regions_.insert(from);
  }
  lifted.release();
  return moved;
}

Result<HostMapping> AddressSpace::lift(PageRange range) {
  std::byte* hint = nullptr;
  if (range.size() >= kHugePageSize) {
    // Between places that are equal modulo the size of a huge page, Linux moves page tables instead
    // of their entries, and huge pages stay whole. This finds such a place; if another thread takes
    // it first, the pages go elsewhere.
    const uint64_t size = range.size() + kHugePageSize;
    std::byte* room = TRY(
        host_.mmap(nullptr, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0));
    host_.munmap(room, size);
    hint = room + static_cast<uint64_t>(at(range.start) - room) % kHugePageSize;
  }
  std::byte* address = TRY(host_.mremap(at(range.start), range.size(), range.size(),
                                        MREMAP_MAYMOVE | MREMAP_DONTUNMAP, hint));
  return HostMapping(host_, address, range.size());
}

}  // namespace linden::microvisor
