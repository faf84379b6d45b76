// How often each system call was made, and how long it took: `linden trace -c`.
#ifndef LINDEN_RUNTIME_CLI_CALL_COUNTS_H_
#define LINDEN_RUNTIME_CLI_CALL_COUNTS_H_

#include <chrono>
#include <cstdint>
#include <map>
#include <string>

namespace linden::cli {

// For one thread at a time.
class CallCounts {
 public:
  void add(int number, std::chrono::nanoseconds duration, bool has_failed);
  // As strace(1) has it: those that took longest first, and a line with the sums.
  std::string table() const;

 private:
  struct Entry {
    uint64_t calls = 0;
    uint64_t errors = 0;
    std::chrono::nanoseconds time{0};
  };
  static std::string row(const Entry& entry, std::chrono::nanoseconds total,
                         const std::string& name);

  std::map<int, Entry> entries_;
};

}  // namespace linden::cli

#endif
