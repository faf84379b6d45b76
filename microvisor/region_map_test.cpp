#include "microvisor/region_map.h"

#include <array>
#include <catch2/catch.hpp>
#include <optional>
#include <random>

namespace linden::microvisor {

namespace {

constexpr uint64_t kPage = kGuestPageSize;

PageRange pages(uint64_t from, uint64_t count) { return {from * kPage, (from + count) * kPage}; }

// One entry for each page: what a RegionMap stands for.
struct Page {
  RegionAttributes attributes;
  uint64_t offset;
  friend bool operator==(const Page&, const Page&) = default;
};
constexpr uint64_t kFirst = 4;
constexpr uint64_t kLast = 64;
using Model = std::array<std::optional<Page>, kLast>;

Model expand(const RegionMap& map) {
  Model model;
  map.for_each([&](const Region& region) {
    for (uint64_t at = region.range.start; at < region.range.end; at += kPage) {
      Region page = region.slice({at, at + kPage});
      CHECK_FALSE(model[at / kPage]);
      model[at / kPage] = Page{page.attributes, page.offset};
    }
  });
  return model;
}

std::optional<uint64_t> highest_gap(const Model& model, uint64_t count, uint64_t alignment) {
  for (uint64_t start = kLast - count; start >= kFirst; --start) {
    bool free = start % alignment == 0;
    for (uint64_t i = start; free && i < start + count; ++i) free = !model[i];
    if (free) return start;
  }
  return std::nullopt;
}

}  // namespace

TEST_CASE("a region map is what an array of pages would be") {
  std::mt19937 random(GENERATE(range(1, 6)));
  RegionMap map(pages(kFirst, kLast - kFirst));
  Model model;
  auto below = [&](uint64_t limit) { return random() % limit; };
  for (int step = 0; step < 3000; ++step) {
    const uint64_t start = kFirst + below(kLast - kFirst);
    const PageRange range = pages(start, 1 + below(kLast - start));
    const uint64_t end = range.end / kPage;
    const int protection = static_cast<int>(below(3));
    switch (below(3)) {
      case 0: {
        Region region{range, {.protection = protection, .is_file = below(2) == 0}, 0};
        // Often the offset that continues a neighbour's.
        if (region.attributes.is_file) region.offset = (start + below(2)) * kPage;
        map.erase(range);
        map.insert(region);
        for (uint64_t i = start; i < end; ++i) {
          uint64_t offset = region.attributes.is_file ? region.offset + (i - start) * kPage : 0;
          model[i] = Page{region.attributes, offset};
        }
        break;
      }
      case 1:
        map.erase(range);
        for (uint64_t i = start; i < end; ++i) model[i].reset();
        break;
      case 2:
        map.update(range, [&](RegionAttributes& a) { a.protection = protection; });
        for (uint64_t i = start; i < end; ++i) {
          if (model[i]) model[i]->attributes.protection = protection;
        }
        break;
    }
    REQUIRE(expand(map) == model);
    uint64_t count = 0, in_range = 0;
    for (uint64_t i = 0; i < kLast; ++i) count += model[i].has_value();
    for (uint64_t i = start; i < end; ++i) in_range += model[i].has_value();
    REQUIRE(map.total() == count * kPage);
    REQUIRE(map.bytes_mapped_in(range) == in_range * kPage);
    REQUIRE(map.is_free(range) == (in_range == 0));
    REQUIRE(map.hull(range).empty() == (in_range == 0));
    const uint64_t wanted = 1 + below(6), alignment = 1 << below(3);
    auto gap = map.find_free(wanted * kPage, alignment * kPage, 0);
    auto expected = highest_gap(model, wanted, alignment);
    REQUIRE(gap.has_value() == expected.has_value());
    if (gap) REQUIRE(*gap == pages(*expected, wanted));
    // No two neighbours could be one.
    const Region* previous = nullptr;
    map.for_each([&](const Region& region) {
      if (previous && previous->range.end == region.range.start &&
          previous->attributes == region.attributes) {
        REQUIRE(region.attributes.is_file);
        REQUIRE(previous->offset + previous->range.size() != region.offset);
      }
      previous = &region;
    });
  }
}

TEST_CASE("free space is aligned as the host addresses are") {
  RegionMap map(pages(16, 1024));
  // The base lies one page above a multiple of 4 pages.
  auto range = map.find_free(4 * kPage, 4 * kPage, kPage);
  REQUIRE(range);
  CHECK((range->start + kPage) % (4 * kPage) == 0);
  CHECK(range->end <= 1040 * kPage);
  CHECK_FALSE(map.find_free(1025 * kPage, kPage, 0));
  map.insert({pages(16, 1021), {}, 0});
  // Three pages are left, and the multiple lies too low.
  CHECK_FALSE(map.find_free(3 * kPage, 1024 * kPage, 0));
  CHECK(*map.find_free(3 * kPage, kPage, 0) == pages(1037, 3));
}

}  // namespace linden::microvisor
