#include "microvisor/region_map.h"

#include <algorithm>
#include <iterator>

namespace linden::microvisor {

Region Region::slice(PageRange part) const {
  Region result = *this;
  result.range = range.intersection(part);
  if (!attributes.is_private_anonymous()) result.offset += result.range.start - range.start;
  return result;
}

const Region* RegionMap::at_or_above(uint64_t address) const {
  auto above = regions_.upper_bound(address);
  if (above != regions_.begin()) {
    const Region& below = std::prev(above)->second;
    if (below.range.contains(address)) return &below;
  }
  return above == regions_.end() ? nullptr : &above->second;
}

const Region* RegionMap::find(uint64_t address) const {
  const Region* region = at_or_above(address);
  return region && region->range.contains(address) ? region : nullptr;
}

bool RegionMap::is_free(PageRange range) const {
  const Region* region = at_or_above(range.start);
  return !region || !region->range.overlaps(range);
}

uint64_t RegionMap::bytes_mapped_in(PageRange range) const {
  uint64_t bytes = 0;
  for (const Region* region = at_or_above(range.start); region && region->range.start < range.end;
       region = at_or_above(region->range.end)) {
    bytes += region->range.intersection(range).size();
  }
  return bytes;
}

PageRange RegionMap::hull(PageRange range) const {
  const Region* first = at_or_above(range.start);
  if (!first || !first->range.overlaps(range)) return {};
  const Region& last = std::prev(regions_.lower_bound(range.end))->second;
  return {std::max(range.start, first->range.start), std::min(range.end, last.range.end)};
}

std::optional<PageRange> RegionMap::find_free(uint64_t size, uint64_t alignment,
                                              uint64_t bias) const {
  auto above = regions_.lower_bound(full_above_);
  uint64_t gap_end = full_above_;
  while (true) {
    const Region* below = above == regions_.begin() ? nullptr : &std::prev(above)->second;
    const uint64_t gap_start = below ? std::min(below->range.end, gap_end) : bounds_.start;
    if (gap_end - gap_start >= size) {
      // May be below `gap_start`, by less than `alignment`, hence the order of the comparison.
      uint64_t slack = (gap_end - size + bias) % alignment;
      if (gap_end - size - gap_start >= slack) {
        uint64_t start = gap_end - size - slack;
        return PageRange{start, start + size};
      }
    }
    if (!below) return std::nullopt;
    if (gap_start == gap_end && gap_end == full_above_) full_above_ = below->range.start;
    gap_end = below->range.start;
    --above;
  }
}

bool RegionMap::continues(const Region& below, const Region& above) {
  return below.range.end == above.range.start && below.attributes == above.attributes &&
         (below.attributes.is_private_anonymous() ||
          below.offset + below.range.size() == above.offset);
}

void RegionMap::insert(Region region) {
  total_ += region.range.size();
  auto above = regions_.lower_bound(region.range.start);
  if (above != regions_.end() && continues(region, above->second)) {
    region.range.end = above->second.range.end;
    above = regions_.erase(above);
  }
  if (above != regions_.begin()) {
    Region& below = std::prev(above)->second;
    if (continues(below, region)) {
      below.range.end = region.range.end;
      return;
    }
  }
  regions_.emplace_hint(above, region.range.start, region);
}

void RegionMap::erase(PageRange range) {
  for (const Region* next = at_or_above(range.start); next && next->range.start < range.end;
       next = at_or_above(range.start)) {
    const Region old = *next;
    const PageRange freed = old.range.intersection(range);
    total_ -= freed.size();
    full_above_ = std::max(full_above_, freed.end);
    if (old.range.start < freed.start) {
      regions_.find(old.range.start)->second.range.end = freed.start;
    } else {
      regions_.erase(old.range.start);
    }
    if (freed.end < old.range.end) {
      regions_.emplace(freed.end, old.slice({freed.end, old.range.end}));
    }
  }
}

}  // namespace linden::microvisor
