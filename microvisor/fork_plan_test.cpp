#include "microvisor/fork_plan.h"

#include <catch2/catch.hpp>
#include <optional>
#include <random>

namespace linden::microvisor {

namespace {

constexpr uint64_t kPage = kGuestPageSize;
constexpr uint64_t kPages = 48;

using Flags = std::vector<bool>;

std::vector<PageRange> ranges(const Flags& pages) {
  std::vector<PageRange> result;
  for (uint64_t page = 0; page < pages.size(); ++page) {
    if (!pages[page]) continue;
    // Touching ones are not always joined: hosts report pages in pieces.
    if (!result.empty() && result.back().end == page * kPage && page % 8 != 0) {
      result.back().end += kPage;
    } else {
      result.push_back({page * kPage, (page + 1) * kPage});
    }
  }
  return result;
}

}  // namespace

TEST_CASE("a plan says for each page what a table of pages would") {
  std::mt19937 random(GENERATE(range(1, 200)));
  auto flags = [&](unsigned one_in) {
    Flags pages(kPages);
    for (auto page : pages) page = random() % one_in == 0;
    return pages;
  };
  const Flags source = flags(1 + random() % 4), copy = flags(1 + random() % 4), current = flags(2);
  std::vector<std::optional<PageAction>> planned(kPages);
  uint64_t last_end = 0;
  const auto steps = plan_copy(ranges(source), ranges(copy),
                               [&](uint64_t address) { return current[address / kPage]; });
  for (size_t i = 0; i < steps.size(); ++i) {
    CHECK(steps[i].range.start >= last_end);
    CHECK(steps[i].range.start < steps[i].range.end);
    if (i != 0 && steps[i].range.start == last_end) CHECK(steps[i].action != steps[i - 1].action);
    last_end = steps[i].range.end;
    for (uint64_t at = steps[i].range.start; at < last_end; at += kPage) {
      planned.at(at / kPage) = steps[i].action;
    }
  }
  for (uint64_t page = 0; page < kPages; ++page) {
    std::optional<PageAction> wanted;
    if (source[page] && !copy[page]) wanted = PageAction::CopyToNew;
    if (source[page] && copy[page] && !current[page]) wanted = PageAction::CopyToUsed;
    if (!source[page] && copy[page]) wanted = PageAction::Clear;
    CHECK(planned[page] == wanted);
  }
}

}  // namespace linden::microvisor
