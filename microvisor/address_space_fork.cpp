// The memory of a forked child: private pages copied, shared ones mapped a second time.
//
// Only pages that the parent has touched are copied; finding them costs far less than touching them
// in the child. The parent's other threads go on meanwhile, so what they write may be seen or not,
// page by page; locks that they hold stay held in the child, as after any fork.

#include <sys/mman.h>

#include <array>

#include "microvisor/address_space.h"
#include "microvisor/guest_memory.h"

namespace linden::microvisor {

namespace {

size_t total_size(std::span<const HostRange> ranges) {
  size_t total = 0;
  for (const HostRange& range : ranges) total += static_cast<size_t>(range.end - range.start);
  return total;
}

}  // namespace

Result<void> AddressSpace::copy_from(AddressSpace& parent) {
  // The parent's first: of a child that is not complete nobody knows.
  absl::MutexLock parent_lock(&parent.mutex_);
  absl::MutexLock lock(&mutex_);
  initial_break_ = parent.initial_break_;
  break_ = parent.break_;
  next_shared_memory_ = parent.next_shared_memory_;
  Result<void> result;
  parent.regions_.for_each([&](const Region& region) {
    if (!result.ok() || region.attributes.dont_fork) return;
    result = region.attributes.shared ? share_region(parent, region) : copy_region(parent, region);
    if (result.ok()) regions_.insert(region);
  });
  return result;
}

Result<void> AddressSpace::share_region(AddressSpace& parent, const Region& region) {
  TRY(host_.mremap(parent.at(region.range.start), 0, region.range.size(),
                   MREMAP_MAYMOVE | MREMAP_FIXED, at(region.range.start)));
  return {};
}

Result<void> AddressSpace::copy_region(AddressSpace& parent, const Region& region) {
  const RegionAttributes& attributes = region.attributes;
  std::byte* const to = at(region.range.start);
  std::byte* const from = parent.at(region.range.start);
  const size_t size = region.range.size();
  // A file's pages become the child's own: what the parent has not touched can't be told from what
  // it has, once it was read.
  TRY(host_.mmap(to, size, PROT_READ | PROT_WRITE,
                 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0));
  if (attributes.wipe_on_fork) {
    // Nothing is copied.
  } else if (attributes.is_file) {
    TRY(copy_file_pages(from, to, size));
  } else {
    TRY(copy_touched(from, to, size, attributes));
  }
  if (attributes.protection != (PROT_READ | PROT_WRITE)) {
    TRY(host_.mprotect(to, size, attributes.protection));
  }
  return {};
}

Result<void> AddressSpace::copy_touched(std::byte* from, std::byte* to, size_t size,
                                        const RegionAttributes& attributes) {
  std::array<HostRange, 64> ranges;
  const bool is_readable = (attributes.protection & PROT_READ) != 0;
  // Clearing a huge page costs more than copying a few small ones; then they come later.
  const bool wants_huge_pages = attributes.huge_pages == HugePages::Wanted;
  bool is_dense = false;
  std::byte* position = from;
  for (bool is_first = true;; is_first = false) {
    const size_t count = TRY(host_.find_touched(position, from + size, ranges));
    const auto touched = std::span(ranges).first(count);
    if (is_first && count != 0 && !is_readable) TRY(host_.mprotect(from, size, PROT_READ));
    if (is_first) is_dense = total_size(touched) >= kHugePageSize / 2;
    if (is_first && is_dense && wants_huge_pages) (void)host_.madvise(to, size, MADV_HUGEPAGE);
    Result<void> copied;
    for (const HostRange& range : touched) {
      const auto length = static_cast<size_t>(range.end - range.start);
      std::byte* const target = to + (range.start - from);
      // All pages at once, which costs a third of as many page faults; an economy only.
      if (length > kGuestPageSize) (void)host_.madvise(target, length, MADV_POPULATE_WRITE);
      if (copied.ok()) copied = copy_to_guest(target, range.start, length);
      position = range.end;
    }
    const bool is_last = count < ranges.size() || !copied.ok();
    if (is_last && position != from && !is_readable) {
      TRY(host_.mprotect(from, size, attributes.protection));
    }
    if (!is_last) continue;
    if (!is_dense && wants_huge_pages) (void)host_.madvise(to, size, MADV_HUGEPAGE);
    return copied;
  }
}

// Pages behind the end of the file fault, for the child as well as for the parent.
Result<void> AddressSpace::copy_file_pages(std::byte* from, std::byte* to, size_t size) {
  for (size_t offset = 0; offset < size; offset += kGuestPageSize) {
    if (!copy_to_guest(to + offset, from + offset, kGuestPageSize).ok()) {
      return host_.mprotect(to + offset, size - offset, PROT_NONE);
    }
  }
  return {};
}

}  // namespace linden::microvisor
