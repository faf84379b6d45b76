#include "microvisor/fork_plan.h"

#include <algorithm>

namespace linden::microvisor {

namespace {

void add(std::vector<PageStep>& steps, PageRange range, PageAction action) {
  if (range.empty()) return;
  if (!steps.empty() && steps.back().action == action && steps.back().range.end == range.start) {
    steps.back().range.end = range.end;
  } else {
    steps.push_back({range, action});
  }
}

}  // namespace

std::vector<PageStep> plan_copy(std::span<const PageRange> source, std::span<const PageRange> copy,
                                const std::function<bool(uint64_t address)>& is_current) {
  std::vector<PageStep> steps;
  auto used = copy.begin();
  uint64_t done = 0;  // everything below has its step
  auto clear_until = [&](uint64_t end) {
    for (; used != copy.end() && used->start < end; ++used) {
      add(steps, {std::max(used->start, done), std::min(used->end, end)}, PageAction::Clear);
      if (used->end > end) break;
    }
    done = std::max(done, end);
  };
  for (const PageRange& range : source) {
    clear_until(range.start);
    for (; used != copy.end() && used->start < range.end; ++used) {
      add(steps, {done, std::max(used->start, done)}, PageAction::CopyToNew);
      const PageRange both = used->intersection({done, range.end});
      for (uint64_t page = both.start; page < both.end; page += kGuestPageSize) {
        if (!is_current(page)) {
          add(steps, {page, page + kGuestPageSize}, PageAction::CopyToUsed);
        }
      }
      done = std::max(done, both.end);
      if (used->end > range.end) break;
    }
    add(steps, {done, range.end}, PageAction::CopyToNew);
    done = range.end;
  }
  clear_until(UINT64_MAX);
  return steps;
}

}  // namespace linden::microvisor
