// Which pages of a region must be copied, and which cleared, to make a memory that has been used
// before a copy of another one. Pure computation; address_space_fork.cpp carries it out.
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "microvisor/region_map.h"

namespace linden::microvisor {

enum class PageAction : uint8_t {
  CopyToNew,   // to pages that have no contents yet
  CopyToUsed,  // to pages that have some
  Clear,       // pages that have contents and should be zero
};

struct PageStep {
  PageRange range;
  PageAction action;

  friend bool operator==(const PageStep&, const PageStep&) = default;
};

// `source` and `copy`: what has contents in either, in order and disjoint; everything else is zero.
// `is_current(address)`: whether the copy's page is as the source's; asked for pages that have
// contents in both. Steps are in order, and neighbours that are alike are one.
std::vector<PageStep> plan_copy(std::span<const PageRange> source, std::span<const PageRange> copy,
                                const std::function<bool(uint64_t address)>& is_current);

}  // namespace linden::microvisor
