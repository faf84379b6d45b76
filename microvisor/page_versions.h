// When each page of a linear memory was last found to have changed, counted in versions of the
// memory: one for each time that somebody looked. A copy that was made at version v lacks the pages
// that have a higher one.
//
// Thread-safety: none; AddressSpace locks.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <memory>

#include "microvisor/region_map.h"

namespace linden::microvisor {

class PageVersions {
 public:
  using Version = uint32_t;

  // All pages at version 0, which is the current one. Null without memory. It has a word for each
  // page of 4 GiB, which cost nothing before they are written.
  static std::unique_ptr<PageVersions> create() {
    std::unique_ptr<PageVersions> versions(new PageVersions);
    return versions->pages_ == nullptr ? nullptr : std::move(versions);
  }

  Version current() const { return current_; }
  // Whether advance() is possible; after four billion times it is not.
  bool can_advance() const { return current_ != std::numeric_limits<Version>::max(); }
  void advance() { ++current_; }
  // The pages have changed since the version before the current one.
  void note_change(PageRange range) {
    std::fill(pages_.get() + range.start / kGuestPageSize,
              pages_.get() + range.end / kGuestPageSize, current_);
  }
  Version of_page_at(uint64_t address) const { return pages_[address / kGuestPageSize]; }

 private:
  struct Free {
    void operator()(Version* pages) const { std::free(pages); }
  };
  static constexpr size_t kPages = (size_t{4} << 30) / kGuestPageSize;

  PageVersions() : pages_(static_cast<Version*>(std::calloc(kPages, sizeof(Version)))) {}

  std::unique_ptr<Version[], Free> pages_;
  Version current_ = 0;
};

}  // namespace linden::microvisor
