// Which system calls are shown: `-e trace=LIST`.
#ifndef LINDEN_RUNTIME_CLI_CALL_FILTER_H_
#define LINDEN_RUNTIME_CLI_CALL_FILTER_H_

#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace linden::cli {

class CallFilter {
 public:
  // All of them.
  CallFilter() = default;
  // "[trace=][!]ITEM[,ITEM]...", where an item is the name of a call, %CLASS, "all" or "none".
  // InvalidArgument: a sentence for the user.
  static absl::StatusOr<CallFilter> parse(std::string_view text);

  // Numbers of no call are of no class.
  bool includes(int number) const;

 private:
  bool is_inverted_ = true;
  std::vector<bool> named_;  // by number; what is behind its end is not named
};

}  // namespace linden::cli

#endif
