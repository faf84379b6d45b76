// What is mapped where in a linear memory: disjoint regions of pages, the record that Linux keeps
// as VMAs. Pure bookkeeping: it makes no calls and takes no locks.
//
// Invariants: regions are page-aligned, not empty, lie within the bounds and don't overlap;
// neighbours that differ in nothing are one region, so that a guest that maps page by page costs
// one entry. Addresses are guest offsets held in 64 bits, so that no sum of them overflows.
// Thread-safety: none; AddressSpace locks.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>

namespace linden::microvisor {

struct SharedSegment;

inline constexpr uint64_t kGuestPageSize = 4096;
inline constexpr uint64_t kHugePageSize = 2 << 20;

constexpr bool is_page_aligned(uint64_t value) { return value % kGuestPageSize == 0; }
constexpr uint64_t round_up_to_page(uint64_t value) {
  return (value + kGuestPageSize - 1) / kGuestPageSize * kGuestPageSize;
}

// [start, end) in guest addresses, page-aligned.
struct PageRange {
  uint64_t start = 0;
  uint64_t end = 0;

  uint64_t size() const { return end - start; }
  bool empty() const { return start >= end; }
  bool contains(uint64_t address) const { return start <= address && address < end; }
  PageRange intersection(PageRange other) const {
    return {start > other.start ? start : other.start, end < other.end ? end : other.end};
  }
  // Never true if either is empty.
  bool overlaps(PageRange other) const { return !intersection(other).empty(); }
  friend bool operator==(const PageRange&, const PageRange&) = default;
};

// What the host was told about huge pages.
enum class HugePages : uint8_t { NoAdvice, Wanted, Refused };

// Everything about a mapped page except where it is; what is equal may be merged.
struct RegionAttributes {
  // PROT_READ, PROT_WRITE.
  int protection = 0;
  // MAP_SHARED: a forked child has the same pages. Otherwise it has copies.
  bool shared = false;
  // What the pages come from. Private anonymous memory has neither device nor inode. Shared
  // anonymous memory has device 0 and a number of its own as its inode.
  uint64_t device = 0;
  uint64_t inode = 0;
  bool is_file = false;
  bool grows_down = false;
  // MADV_DONTFORK, MADV_WIPEONFORK.
  bool dont_fork = false;
  bool wipe_on_fork = false;
  HugePages huge_pages = HugePages::NoAdvice;
  // What System V shared memory the pages are, which lives as long as somebody shows it.
  std::shared_ptr<SharedSegment> segment = nullptr;

  bool is_private_anonymous() const { return !shared && !is_file; }
  friend bool operator==(const RegionAttributes&, const RegionAttributes&) = default;
};

struct Region {
  PageRange range;
  RegionAttributes attributes;
  // Where `range.start` lies in the file or the shared memory, in bytes; 0 for private anonymous
  // memory.
  uint64_t offset = 0;

  // The part of it that lies in `part`, which overlaps it.
  Region slice(PageRange part) const;
};

class RegionMap {
 public:
  explicit RegionMap(PageRange bounds) : bounds_(bounds), full_above_(bounds.end) {}

  PageRange bounds() const { return bounds_; }
  // Bytes mapped, whatever their protection (what RLIMIT_AS counts).
  uint64_t total() const { return total_; }
  size_t count() const { return regions_.size(); }

  // The region that contains `address`, or else the next one above; null if there is none. The
  // pointer is valid until the map changes.
  const Region* at_or_above(uint64_t address) const;
  // Null if the page isn't mapped.
  const Region* find(uint64_t address) const;
  bool is_free(PageRange range) const;
  uint64_t bytes_mapped_in(PageRange range) const;
  // The smallest range that holds all that is mapped in `range`; empty if nothing is.
  PageRange hull(PageRange range) const;
  // The highest free range of `size` bytes whose start plus `bias` is a multiple of `alignment`.
  std::optional<PageRange> find_free(uint64_t size, uint64_t alignment, uint64_t bias) const;

  // Precondition: the region's range is free and within the bounds.
  void insert(Region region);
  // Frees `range`; parts of it may be free already.
  void erase(PageRange range);
  // Calls change(attributes) for everything that is mapped in `range`.
  template <typename Change>
  void update(PageRange range, Change change) {
    const Region* next = at_or_above(range.start);
    while (next && next->range.overlaps(range)) {
      Region piece = next->slice(range);
      erase(piece.range);
      change(piece.attributes);
      insert(piece);
      range.start = piece.range.end;
      next = at_or_above(range.start);
    }
  }

  // In the order of addresses. `visit` must not change the map.
  template <typename Visit>
  void for_each(Visit visit) const {
    for (const auto& [start, region] : regions_) visit(region);
  }

 private:
  using Regions = std::map<uint64_t, Region>;

  // Whether `above` begins where `below` ends and continues it in every respect.
  static bool continues(const Region& below, const Region& above);

  const PageRange bounds_;
  Regions regions_;  // by their start
  uint64_t total_ = 0;
  // Nothing at or above is free (it may lie within a region), so that searches for free space don't
  // walk over the stacks of a thousand threads. Raised by erase(), lowered by the searches.
  mutable uint64_t full_above_;
};

}  // namespace linden::microvisor
