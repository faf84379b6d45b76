// Mapping, unmapping, protection and the break. The rest is in address_space_remap.cpp and
// address_space_pages.cpp.

#include "microvisor/address_space.h"

#include <sys/mman.h>

#include <cinttypes>
#include <cstdio>

#include "microvisor/shared_segments.h"

namespace linden::microvisor {

namespace {

constexpr int kReservation = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;
constexpr int kAccess = PROT_READ | PROT_WRITE;
// What the host may see of a guest's flags beyond the type.
constexpr int kPassedOn = MAP_POPULATE | MAP_NONBLOCK | MAP_LOCKED;
// LEGACY_MAP_MASK, which MAP_SHARED_VALIDATE accepts, and MAP_SYNC, which the file judges.
constexpr int kKnown = MAP_TYPE | MAP_FIXED | MAP_ANONYMOUS | MAP_DENYWRITE | MAP_EXECUTABLE |
                       MAP_GROWSDOWN | MAP_LOCKED | MAP_NORESERVE | MAP_POPULATE | MAP_NONBLOCK |
                       MAP_STACK | MAP_HUGETLB | MAP_32BIT | MAP_SYNC |
                       0x4000000 /* MAP_UNINITIALIZED */;

}  // namespace

AddressSpace::AddressSpace(Host& host, std::byte* base, uint64_t limit)
    : host_(host), base_(base), highest_limit_(limit), limit_(limit), regions_({kStart, kEnd}) {}

Result<void> AddressSpace::add_initial(uint64_t start, uint64_t end, int protection) {
  MutexLock lock(&mutex_);
  const PageRange range{start, end};
  if (!is_page_aligned(start) || !is_page_aligned(end) || range.empty()) return Error{EINVAL};
  if (start < kStart || end > kEnd || !regions_.is_free(range)) return Error{EINVAL};
  TRY(check_limit(range.size(), {}));
  regions_.insert({range, {.protection = protection & kAccess}, 0});
  return {};
}

void AddressSpace::set_break(uint32_t initial_break) {
  MutexLock lock(&mutex_);
  initial_break_ = break_ = initial_break;
  const uint64_t heap = round_up_to_page(initial_break);
  // If the host refuses, the heap can't grow; the C library uses mmap then.
  if (const Region* region = regions_.find(heap)) (void)unmap_range({heap, region->range.end});
}

Result<uint32_t> AddressSpace::map(uint32_t address, uint32_t length, int protection, int flags,
                                   int fd, int64_t offset) {
  const bool anonymous = flags & MAP_ANONYMOUS;
  const int type = flags & MAP_TYPE;
  if (!is_page_aligned(static_cast<uint64_t>(offset))) return Error{EINVAL};
  if (length == 0) return Error{EINVAL};
  if (flags & MAP_HUGETLB) return Error{anonymous ? ENOMEM : EINVAL};
  const uint64_t size = round_up_to_page(length);

  MutexLock lock(&mutex_);
  const PageRange range = TRY(choose_place(address, size, flags));
  if (type == MAP_SHARED_VALIDATE && !anonymous && (flags & ~kKnown)) return Error{EOPNOTSUPP};
  if (type != MAP_PRIVATE && type != MAP_SHARED && (anonymous || type != MAP_SHARED_VALIDATE)) {
    return Error{EINVAL};
  }
  if ((flags & MAP_GROWSDOWN) && anonymous && type != MAP_PRIVATE) return Error{EINVAL};
  if (protection & PROT_EXEC) return Error{EPERM};
  protection &= kAccess;
  TRY(check_limit(size, range));
  has_unusual_pages_ |= (flags & MAP_LOCKED) != 0;

  if (anonymous && type == MAP_PRIVATE) {
    TRY(map_anonymous(range, protection, flags & (kPassedOn | MAP_STACK)));
    regions_.erase(range);
    RegionAttributes attributes{.protection = protection};
    attributes.grows_down = (flags & MAP_GROWSDOWN) != 0;
    // Linux treats MAP_STACK so since 6.7: most of a stack is never touched.
    if (flags & MAP_STACK) attributes.huge_pages = HugePages::Refused;
    regions_.insert({range, attributes, 0});
    if (size >= kHugePageSize) advise_huge_pages(range);
  } else {
    TRY(map_object(range, protection, flags, anonymous ? -1 : fd, anonymous ? 0 : offset));
  }
  lock_if_wanted(range);
  return static_cast<uint32_t>(range.start);
}

Result<PageRange> AddressSpace::choose_place(uint32_t address, uint64_t size, int flags) const {
  if (flags & (MAP_FIXED | MAP_FIXED_NOREPLACE)) {
    if (size > kEnd || address > kEnd - size) return Error{ENOMEM};
    if (!is_page_aligned(address)) return Error{EINVAL};
    if (address < kStart) return Error{EPERM};
    const PageRange range{address, address + size};
    if ((flags & MAP_FIXED_NOREPLACE) && !regions_.is_free(range)) return Error{EEXIST};
    return range;
  }
  if (address != 0) {
    const uint64_t start = std::max(round_up_to_page(address), kStart);
    const PageRange hinted{start, start + size};
    if (hinted.end <= kEnd && regions_.is_free(hinted)) return hinted;
  }
  // As Linux does: a mapping that consists of whole huge pages is placed so that it can have them.
  const bool whole_huge_pages = (flags & MAP_ANONYMOUS) && size % kHugePageSize == 0;
  if (whole_huge_pages && !(flags & MAP_STACK)) {
    Result<PageRange> aligned = find_free(size, kHugePageSize);
    if (aligned.ok()) return aligned;
  }
  return find_free(size);
}

Result<PageRange> AddressSpace::find_free(uint64_t size, uint64_t alignment) const {
  // It is the host address that counts for a huge page.
  const auto bias = reinterpret_cast<uintptr_t>(base_) % alignment;
  auto range = regions_.find_free(size, alignment, bias);
  if (!range) return Error{ENOMEM};
  return *range;
}

void AddressSpace::set_limit(uint64_t bytes) {
  MutexLock lock(&mutex_);
  limit_ = std::min(bytes, highest_limit_);
}

Result<void> AddressSpace::check_limit(uint64_t bytes, PageRange replaced) const {
  if (regions_.total() - regions_.bytes_mapped_in(replaced) + bytes > limit_) return Error{ENOMEM};
  return {};
}

Result<void> AddressSpace::map_anonymous(PageRange range, int protection, int host_flags) {
  auto mapped = host_.mmap(at(range.start), range.size(), protection,
                           kReservation | MAP_FIXED | host_flags, -1, 0);
  if (!mapped.ok()) {
    close_hole(range);
    return mapped.error();
  }
  return {};
}

Result<void> AddressSpace::map_object(PageRange range, int protection, int flags, int fd,
                                      int64_t offset, std::shared_ptr<SharedSegment> segment) {
  const bool is_file = fd >= 0;
  RegionAttributes attributes{
      .protection = protection, .shared = (flags & MAP_TYPE) != MAP_PRIVATE, .is_file = is_file};
  // No file has MAP_GROWSDOWN; the host says so after what else it may find wrong.
  int host_flags = (flags & (MAP_TYPE | MAP_SYNC | MAP_GROWSDOWN | kPassedOn)) | MAP_NORESERVE;
  if (is_file) {
    struct stat status = TRY(host_.fstat(fd));
    attributes.device = status.st_dev;
    attributes.inode = status.st_ino;
  } else {
    host_flags |= MAP_ANONYMOUS;
    attributes.inode = next_shared_memory_++;
  }
  // Elsewhere first: a driver may refuse, and shared memory may be short, when an older kernel has
  // removed what was in the place already.
  std::byte* address = TRY(host_.mmap(nullptr, range.size(), protection, host_flags, fd, offset));
  HostMapping mapping(host_, address, range.size());
  TRY(move_to(range, mapping.address(), mapping.size(), 0));
  mapping.release();
  regions_.erase(range);
  attributes.segment = std::move(segment);
  regions_.insert({range, std::move(attributes), static_cast<uint64_t>(offset)});
  return {};
}

Result<void> AddressSpace::reserve(PageRange range) {
  TRY(map_anonymous(range, PROT_NONE, 0));
  regions_.erase(range);
  return {};
}

Result<void> AddressSpace::move_to(PageRange range, std::byte* from, size_t from_size, int flags) {
  auto moved = host_.mremap(from, from_size, range.size(), MREMAP_MAYMOVE | MREMAP_FIXED | flags,
                            at(range.start));
  if (!moved.ok()) {
    close_hole(range);
    return moved.error();
  }
  return {};
}

// Linux replaces mappings in two steps, and before 6.12 doesn't undo the first when the second
// fails. Either all of the range is a hole then or nothing of it; in the latter case this is
// EEXIST and nothing happens.
void AddressSpace::close_hole(PageRange range) {
  auto closed = host_.mmap(at(range.start), range.size(), PROT_NONE,
                           kReservation | MAP_FIXED_NOREPLACE, -1, 0);
  if (closed.ok()) regions_.erase(range);
}

Result<void> AddressSpace::unmap(uint32_t address, uint32_t length) {
  const PageRange range{address, address + round_up_to_page(length)};
  if (!is_page_aligned(address) || range.empty() || range.end > kEnd) return Error{EINVAL};
  MutexLock lock(&mutex_);
  return unmap_range(range);
}

Result<void> AddressSpace::unmap_range(PageRange range) {
  const PageRange mapped = regions_.hull(range);
  if (mapped.empty()) return {};
  return reserve(mapped);
}

Result<uint32_t> AddressSpace::attach(std::shared_ptr<SharedSegment> segment, uint32_t address,
                                      int protection, int flags) {
  if (protection & PROT_EXEC) return Error{EPERM};
  MutexLock lock(&mutex_);
  const PageRange range = TRY(choose_place(address, segment->size, flags));
  TRY(check_limit(range.size(), range));
  const int fd = segment->memory.get();
  TRY(map_object(range, protection, MAP_SHARED, fd, 0, std::move(segment)));
  lock_if_wanted(range);
  return static_cast<uint32_t>(range.start);
}

Result<std::shared_ptr<SharedSegment>> AddressSpace::detach(uint32_t address) {
  if (!is_page_aligned(address)) return Error{EINVAL};
  MutexLock lock(&mutex_);
  std::shared_ptr<SharedSegment> segment;
  uint64_t next = address;
  while (const Region* region = regions_.at_or_above(next)) {
    const PageRange range = region->range;
    const RegionAttributes& attributes = region->attributes;
    next = range.end;
    const bool belongs = attributes.segment && range.start - region->offset == address &&
                         (!segment || segment == attributes.segment);
    if (segment && range.start >= address + segment->size) break;
    if (!belongs) continue;
    segment = attributes.segment;
    TRY(unmap_range(range));
  }
  if (!segment) return Error{EINVAL};
  return segment;
}

Result<void> AddressSpace::protect(uint32_t address, uint32_t length, int protection) {
  constexpr int kGrows = PROT_GROWSDOWN | PROT_GROWSUP;
  const int grows = protection & kGrows;
  protection &= ~kGrows;
  if (grows == kGrows || !is_page_aligned(address)) return Error{EINVAL};
  if (length == 0) return {};
  if (protection & ~(kAccess | PROT_EXEC | 8 /* PROT_SEM */)) return Error{EINVAL};
  PageRange range{address, address + round_up_to_page(length)};

  MutexLock lock(&mutex_);
  const Region* first = regions_.at_or_above(range.start);
  if (!first || first->range.start >= range.end) return Error{ENOMEM};
  if (grows == PROT_GROWSDOWN) {
    if (!first->attributes.grows_down) return Error{EINVAL};
    range.start = first->range.start;
  } else if (first->range.start > range.start) {
    return Error{ENOMEM};
  } else if (grows == PROT_GROWSUP) {
    return Error{EINVAL};  // no memory of this machine does
  }
  while (!range.empty()) {
    const Region* region = regions_.find(range.start);
    if (!region) return Error{ENOMEM};
    const Region piece = region->slice(range);
    if (protection & PROT_EXEC) return Error{EACCES};
    TRY(protect_piece(piece, protection & kAccess));
    range.start = piece.range.end;
  }
  return {};
}

Result<void> AddressSpace::protect_piece(const Region& piece, int protection) {
  std::byte* address = at(piece.range.start);
  auto changed = host_.mprotect(address, piece.range.size(), protection);
  if (!changed.ok()) {
    // The host may keep what is one region here as several, and have changed the first of them.
    // Changing it back splits nothing, so that it needs no memory.
    (void)host_.mprotect(address, piece.range.size(), piece.attributes.protection);
    return changed;
  }
  regions_.update(piece.range,
                  [&](RegionAttributes& attributes) { attributes.protection = protection; });
  return {};
}

uint32_t AddressSpace::move_break(uint32_t requested) {
  MutexLock lock(&mutex_);
  const auto current = static_cast<uint32_t>(break_);
  if (initial_break_ < kStart || requested < initial_break_) return current;
  const uint64_t old_end = round_up_to_page(break_);
  const uint64_t new_end = round_up_to_page(requested);
  if (new_end < old_end) {
    if (!unmap_range({new_end, old_end}).ok()) return current;
  } else if (new_end > old_end) {
    const PageRange added{old_end, new_end};
    // Linux keeps a page free between the heap and what is above it.
    if (new_end > kEnd || !regions_.is_free({old_end, new_end + kGuestPageSize})) return current;
    if (!check_limit(added.size(), {}).ok()) return current;
    if (!map_anonymous(added, kAccess, 0).ok()) return current;
    regions_.insert({added, {.protection = kAccess}, 0});
    const PageRange heap{round_up_to_page(initial_break_), new_end};
    if (heap.size() >= kHugePageSize) {
      const bool was_advised = old_end - heap.start >= kHugePageSize;
      advise_huge_pages(was_advised ? added : heap);
    }
    lock_if_wanted(added);
  }
  break_ = requested;
  return requested;
}

// Measured with memory-bound programs: without huge pages up to a quarter of their time goes to
// address translation, which native programs that ask for none suffer as well.
void AddressSpace::advise_huge_pages(PageRange range) {
  (void)for_each_piece(range, [&](const Region& piece) -> Result<void> {
    const RegionAttributes& old = piece.attributes;
    if (old.huge_pages != HugePages::NoAdvice || !old.is_private_anonymous()) return {};
    // Advice only: without it everything works as well.
    if (host_.madvise(at(piece.range.start), piece.range.size(), MADV_HUGEPAGE).ok()) {
      regions_.update(piece.range, [](RegionAttributes& a) { a.huge_pages = HugePages::Wanted; });
    }
    return {};
  });
}

uint64_t AddressSpace::mapped_bytes() const {
  MutexLock lock(&mutex_);
  return regions_.total();
}

std::string AddressSpace::describe() const {
  std::string text;
  for_each_region([&](const Region& region) {
    const RegionAttributes& a = region.attributes;
    char line[128];
    snprintf(line, sizeof(line),
             "%08" PRIx64 "-%08" PRIx64 " %c%c-%c %08" PRIx64 " %02x:%02x %" PRIu64 "\n",
             region.range.start, region.range.end, a.protection & PROT_READ ? 'r' : '-',
             a.protection & PROT_WRITE ? 'w' : '-', a.shared ? 's' : 'p', region.offset,
             static_cast<unsigned>(a.device >> 8 & 0xfff), static_cast<unsigned>(a.device & 0xff),
             a.inode);
    text += line;
  });
  return text;
}

}  // namespace linden::microvisor
