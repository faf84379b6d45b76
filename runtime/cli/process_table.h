// Shows the processes of a run: as a table, or as JSON, when it ends, or whenever linden gets
// SIGUSR1.
#ifndef LINDEN_RUNTIME_CLI_PROCESS_TABLE_H_
#define LINDEN_RUNTIME_CLI_PROCESS_TABLE_H_

#include <atomic>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "microvisor/process_listing.h"

namespace linden::cli {

// One line for each process below a line of titles; children are indented below their parent.
std::string format_processes(const std::vector<microvisor::ProcessStatus>& processes);
// A list of objects (docs/cli.md).
nlohmann::ordered_json processes_to_json(const std::vector<microvisor::ProcessStatus>& processes);

// Answers SIGUSR1 while it lives, by a thread of its own: with a line of JSON to a descriptor, if
// there is one, or else with a table on standard error. Whoever does not read for a second misses
// the rest of a line. To be made before any other thread, as all of them must have the signal
// blocked.
class StatusReporter {
 public:
  explicit StatusReporter(std::optional<int> json_descriptor);
  ~StatusReporter();
  StatusReporter(const StatusReporter&) = delete;

  // What there is to show from now on.
  void watch(std::shared_ptr<const microvisor::Processes> processes);
  // As if there had been a signal, if there is a descriptor.
  void show_end();

 private:
  void serve();
  void show(const microvisor::Processes& processes, const char* reason);

  const std::optional<int> json_descriptor_;
  std::mutex mutex_;  // guards the next
  std::shared_ptr<const microvisor::Processes> processes_;
  std::atomic<bool> is_over_ = false;
  std::thread thread_;
};

}  // namespace linden::cli

#endif
