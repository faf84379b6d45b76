#include "runtime/cli/call_counts.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "microvisor/dispatch.h"

namespace linden::cli {

void CallCounts::add(int number, std::chrono::nanoseconds duration, bool has_failed) {
  Entry& entry = entries_[number];
  ++entry.calls;
  entry.errors += has_failed ? 1 : 0;
  entry.time += duration;
}

std::string CallCounts::row(const Entry& entry, std::chrono::nanoseconds total,
                            const std::string& name) {
  const double seconds = static_cast<double>(entry.time.count()) / 1e9;
  const double share =
      total.count() == 0 ? 0 : 100 * seconds / (static_cast<double>(total.count()) / 1e9);
  const uint64_t microseconds =
      entry.calls == 0 ? 0 : static_cast<uint64_t>(entry.time.count()) / 1000 / entry.calls;
  return absl::StrFormat("%6.2f %11.6f %11d %9d %9s %s\n", share, seconds, microseconds,
                         entry.calls, entry.errors != 0 ? absl::StrCat(entry.errors) : "", name);
}

std::string CallCounts::table() const {
  std::vector<std::pair<int, Entry>> sorted(entries_.begin(), entries_.end());
  std::ranges::sort(sorted, [](const auto& left, const auto& right) {
    return left.second.time > right.second.time;
  });
  Entry sum;
  for (const auto& [number, entry] : sorted) {
    sum.calls += entry.calls;
    sum.errors += entry.errors;
    sum.time += entry.time;
  }
  const std::string rule = "------ ----------- ----------- --------- --------- ----------------\n";
  std::string text = "% time     seconds  usecs/call     calls    errors syscall\n" + rule;
  for (const auto& [number, entry] : sorted) {
    const microvisor::SyscallInfo* info = microvisor::find_syscall(number);
    text += row(entry, sum.time,
                info != nullptr ? std::string(info->name)
                                : absl::StrFormat("syscall_%#x", static_cast<unsigned>(number)));
  }
  return text + rule + row(sum, sum.time, "total");
}

}  // namespace linden::cli
