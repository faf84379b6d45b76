// The memory of a forked child: private pages copied, shared ones mapped a second time.
//
// What a fork costs is page faults: a page that is touched for the first time costs ten times the
// copying of it. Hence two economies besides copying only what the parent has touched.
//
//  1. A memory that has served one process stays mapped, with its pages (retire()), for the next
//     child. copy_from() changes what differs: it maps what the new parent has mapped otherwise,
//     and copies over, or clears, every page that has contents (fork_plan.h). So nothing of the
//     process that had it before can be found in it.
//  2. A parent that forks a second time, and is large, has its writes tracked by the host. If a
//     memory that was copied from it earlier comes back, only pages are copied that either side has
//     written since. Both sides pay a page fault for each page that they write first after a fork,
//     as after a fork of Linux.
//
// When a page was found written is counted in versions, of each memory for itself (PageVersions).
// A copy knows of which memory it is one (identity_), and the versions that both had when it was
// complete; pages with higher versions, on either side, differ. What the host cannot tell counts as
// written: all pages of a region of which a part was mapped anew.
//
// The parent's other threads go on meanwhile, so what they write may be seen or not, page by page;
// locks that they hold stay held in the child, as after any fork.

#include <sys/mman.h>

#include <algorithm>
#include <array>
#include <atomic>

#include "microvisor/address_space.h"
#include "microvisor/fork_plan.h"
#include "microvisor/guest_memory.h"

namespace linden::microvisor {

namespace {

// Copying less than this costs less than page faults for what is tracked.
constexpr size_t kTrackedFrom = 2 << 20;
// Faults for fewer pages cost more than clearing them.
constexpr size_t kGivenBackFrom = 256 << 10;
// More pieces than this are forgotten faster all at once.
constexpr size_t kMostPieces = 16;

uint64_t new_identity() {
  static std::atomic<uint64_t> last = 0;
  return ++last;
}

template <typename Ranges>
size_t total_size(const Ranges& ranges) {
  size_t total = 0;
  for (const PageRange& range : ranges) total += range.size();
  return total;
}

// Whether a region of a memory that was used before can stay as it is.
bool is_reusable(const RegionAttributes& attributes) {
  return attributes.is_private_anonymous() && attributes.protection == (PROT_READ | PROT_WRITE) &&
         !attributes.dont_fork && !attributes.wipe_on_fork;
}

bool can_stay(const RegionAttributes& old, const RegionAttributes& wanted) {
  return is_reusable(wanted) && old.huge_pages == wanted.huge_pages;
}

// Of two lists of disjoint ranges in order.
std::vector<PageRange> intersection(std::span<const PageRange> some,
                                    std::span<const PageRange> others) {
  std::vector<PageRange> both;
  auto first = some.begin();
  auto second = others.empty() || some.empty()
                    ? others.begin()
                    : std::partition_point(
                          others.begin(), others.end(),
                          [&](const PageRange& range) { return range.end <= some.front().start; });
  while (first != some.end() && second != others.end()) {
    if (first->overlaps(*second)) both.push_back(first->intersection(*second));
    if (first->end < second->end) {
      ++first;
    } else {
      ++second;
    }
  }
  return both;
}

}  // namespace

Result<void> AddressSpace::copy_from(AddressSpace& parent) {
  MutexPairLock lock(&parent.mutex_, &mutex_);
  // Until it is complete it is of no use, for the next child either.
  has_unusual_pages_ = true;
  lock_future_ = 0;
  initial_break_ = parent.initial_break_;
  break_ = parent.break_;
  next_shared_memory_ = parent.next_shared_memory_;
  parent.look_again();
  if (!parent.versions_ && parent.is_worth_tracking_) parent.versions_ = PageVersions::create();
  if (parent.identity_ == 0) parent.identity_ = new_identity();
  if (!parent.versions_ || original_ != parent.identity_) versions_.reset();
  TRY(arrange_as(parent));
  Result<void> result;
  size_t copied = 0;
  parent.regions_.for_each([&](const Region& region) {
    if (!result.ok() || region.attributes.dont_fork) return;
    if (region.attributes.shared) {
      result = share_region(parent, region);
    } else if (region.attributes.is_file) {
      result = copy_file_pages(parent, region);
    } else if (!region.attributes.wipe_on_fork) {
      result = copy_contents(parent, region, copied);
    }
    if (result.ok() && region.attributes.protection != (PROT_READ | PROT_WRITE) &&
        !region.attributes.shared) {
      result =
          host_.mprotect(at(region.range.start), region.range.size(), region.attributes.protection);
    }
    if (result.ok()) regions_.insert(region);
  });
  TRY(std::move(result));
  contents_.clear();
  has_unusual_pages_ = false;
  parent.is_worth_tracking_ = parent.can_track_ && copied >= kTrackedFrom;
  identity_ = 0;
  original_ = 0;
  if (parent.versions_) become_tracked_copy(parent);
  return {};
}

// Before the contents of a memory are looked at.
void AddressSpace::look_again() {
  if (!versions_) return;
  if (versions_->can_advance()) {
    versions_->advance();
  } else {
    stop_tracking();
  }
}

void AddressSpace::stop_tracking() {
  versions_.reset();
  identity_ = 0;
}

// Maps what is mapped in `parent`, private and accessible, except where that is so already; shared
// mappings come later. Afterwards nothing is in the record, and contents_ has what has stayed.
Result<void> AddressSpace::arrange_as(const AddressSpace& parent) {
  const RegionMap old = regions_;
  regions_.erase({kStart, kEnd});
  auto drop = [&](PageRange range) -> Result<void> {
    const PageRange mapped = old.hull(range);
    if (mapped.empty()) return {};
    return map_anonymous(mapped, PROT_NONE, 0);
  };
  std::vector<PageRange> stayed;
  Result<void> result;
  uint64_t position = kStart;
  parent.regions_.for_each([&](const Region& region) {
    const RegionAttributes& attributes = region.attributes;
    if (!result.ok() || attributes.dont_fork || attributes.shared) return;
    result = drop({position, region.range.start});
    position = region.range.start;
    while (result.ok() && position < region.range.end) {
      const Region* next = old.at_or_above(position);
      if (next != nullptr && next->range.start < region.range.end &&
          !can_stay(next->attributes, attributes)) {
        // Mapped anew, with what lies before it.
        next = old.at_or_above(next->range.end);
      }
      const bool has_next = next != nullptr && next->range.start < region.range.end &&
                            can_stay(next->attributes, attributes);
      const PageRange anew{position,
                           has_next ? std::max(next->range.start, position) : region.range.end};
      if (!anew.empty()) result = map_anonymous(anew, PROT_READ | PROT_WRITE, 0);
      position = has_next ? std::min(next->range.end, region.range.end) : region.range.end;
      if (has_next) stayed.push_back({anew.end, position});
    }
  });
  TRY(std::move(result));
  contents_ = intersection(contents_, stayed);
  return drop({position, kEnd});
}

Result<void> AddressSpace::share_region(AddressSpace& parent, const Region& region) {
  TRY(host_.mremap(parent.at(region.range.start), 0, region.range.size(),
                   MREMAP_MAYMOVE | MREMAP_FIXED, at(region.range.start)));
  return {};
}

// What has contents in the region. Of tracked ones, notes also what was written.
Result<std::vector<PageRange>> AddressSpace::find_contents(const Region& region) {
  std::array<TouchedPages, 64> found;
  const std::byte* const end = at(region.range.end);
  std::vector<PageRange> contents;
  bool is_tracked = versions_ != nullptr;
  const std::byte* position = at(region.range.start);
  for (size_t count = found.size(); count == found.size();) {
    Result<size_t> named = is_tracked ? host_.find_written(position, end, found)
                                      : host_.find_touched(position, end, found);
    if (is_tracked && !named.ok()) {
      // From now on it may be known; of what was before, nothing is.
      is_tracked = false;
      if (!host_.track_writes(at(region.range.start), end).ok()) {
        stop_tracking();
        can_track_ = false;
      }
      contents.clear();
      position = at(region.range.start);
      continue;
    }
    count = TRY(std::move(named));
    for (const TouchedPages& pages : std::span(found).first(count)) {
      const PageRange range{static_cast<uint64_t>(pages.start - base_),
                            static_cast<uint64_t>(pages.end - base_)};
      if (versions_ && pages.is_written) versions_->note_change(range);
      if (!contents.empty() && contents.back().end == range.start) {
        contents.back().end = range.end;
      } else {
        contents.push_back(range);
      }
      position = pages.end;
    }
  }
  return contents;
}

Result<void> AddressSpace::copy_contents(AddressSpace& parent, const Region& region,
                                         size_t& copied) {
  const RegionAttributes& attributes = region.attributes;
  const PageRange range = region.range;
  const std::vector<PageRange> contents = TRY(parent.find_contents(region));
  const bool knows_changes = versions_ != nullptr && parent.versions_ != nullptr;
  const std::vector<PageStep> steps =
      plan_copy(contents, intersection({&range, 1}, contents_), [&](uint64_t page) {
        return knows_changes && versions_->of_page_at(page) <= own_version_ &&
               parent.versions_->of_page_at(page) <= original_version_;
      });
  // Clearing a huge page costs more than copying a few small ones; then they come later. So they do
  // if they would be mostly pages that have no contents in the parent: each fork would clear those
  // again.
  const bool wants_huge_pages = attributes.huge_pages == HugePages::Wanted;
  const size_t size = total_size(contents);
  copied += size;
  const bool is_dense =
      size >= kHugePageSize / 2 && size >= (contents.back().end - contents.front().start) / 2;
  if (is_dense && wants_huge_pages)
    (void)host_.madvise(at(range.start), range.size(), MADV_HUGEPAGE);
  const bool is_readable = (attributes.protection & PROT_READ) != 0;
  if (!contents.empty() && !is_readable) {
    TRY(host_.mprotect(parent.at(range.start), range.size(), PROT_READ));
  }
  Result<void> result;
  for (const PageStep& step : steps) {
    if (result.ok()) result = carry_out(parent, step);
  }
  if (!contents.empty() && !is_readable) {
    TRY(host_.mprotect(parent.at(range.start), range.size(), attributes.protection));
  }
  TRY(std::move(result));
  if (!is_dense && wants_huge_pages)
    (void)host_.madvise(at(range.start), range.size(), MADV_HUGEPAGE);
  if (parent.versions_) track_copy(range, steps);
  return {};
}

Result<void> AddressSpace::carry_out(AddressSpace& parent, const PageStep& step) {
  std::byte* const to = at(step.range.start);
  const size_t size = step.range.size();
  if (step.action == PageAction::Clear) {
    if (size >= kGivenBackFrom) return host_.madvise(to, size, MADV_DONTNEED);
    return clear_guest(to, size);
  }
  // All pages at once, which costs a third of as many page faults; an economy only.
  if (step.action == PageAction::CopyToNew && size > kGuestPageSize) {
    (void)host_.madvise(to, size, MADV_POPULATE_WRITE);
  }
  return copy_to_guest(to, parent.at(step.range.start), size);
}

// What the copying has written is no change.
void AddressSpace::track_copy(PageRange region, std::span<const PageStep> steps) {
  bool is_known = true;
  if (steps.size() > kMostPieces) {
    is_known = host_.forget_writes(at(region.start), at(region.end)).ok();
  } else {
    // No step may be needed where tracking has never begun.
    const PageRange first{region.start, region.start + kGuestPageSize};
    is_known = host_.forget_writes(at(first.start), at(first.end)).ok();
    for (const PageStep& step : steps) {
      if (!is_known) break;
      is_known = host_.forget_writes(at(step.range.start), at(step.range.end)).ok();
    }
  }
  // If that fails too, retire() finds out.
  if (!is_known) (void)host_.track_writes(at(region.start), at(region.end));
}

void AddressSpace::become_tracked_copy(const AddressSpace& parent) {
  if (!versions_) versions_ = PageVersions::create();
  if (!versions_) return;
  original_ = parent.identity_;
  original_version_ = parent.versions_->current();
  own_version_ = versions_->current();
}

// A file's pages become the child's own: what the parent has not touched can't be told from what
// it has, once it was read. Pages behind the end of the file fault, for the child as well as for
// the parent.
Result<void> AddressSpace::copy_file_pages(const AddressSpace& parent, const Region& region) {
  std::byte* const to = at(region.range.start);
  const std::byte* const from = parent.at(region.range.start);
  const size_t size = region.range.size();
  for (size_t offset = 0; offset < size; offset += kGuestPageSize) {
    if (!copy_to_guest(to + offset, from + offset, kGuestPageSize).ok()) {
      return host_.mprotect(to + offset, size - offset, PROT_NONE);
    }
  }
  return {};
}

Result<uint64_t> AddressSpace::retire() {
  MutexLock lock(&mutex_);
  if (has_unusual_pages_) return Error{EBUSY};
  std::vector<PageRange> useless;
  regions_.for_each([&](const Region& region) {
    if (!is_reusable(region.attributes)) useless.push_back(region.range);
  });
  for (const PageRange& range : useless) TRY(reserve(range));
  look_again();
  contents_.clear();
  Result<void> result;
  regions_.for_each([&](const Region& region) {
    if (!result.ok()) return;
    Result<std::vector<PageRange>> contents = find_contents(region);
    if (!contents.ok()) {
      result = contents.error();
    } else {
      contents_.insert(contents_.end(), contents->begin(), contents->end());
    }
  });
  TRY(std::move(result));
  return total_size(contents_);
}

bool AddressSpace::is_copy_of(const AddressSpace& parent) const {
  MutexPairLock lock(&parent.mutex_, &mutex_);
  return original_ != 0 && original_ == parent.identity_;
}

}  // namespace linden::microvisor
