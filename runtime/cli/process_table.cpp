#include "runtime/cli/process_table.h"

#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <cinttypes>
#include <cstdio>
#include <nlohmann/json.hpp>

namespace linden::cli {

namespace {

using microvisor::ProcessStatus;
using Json = nlohmann::ordered_json;

// Arguments are the guest's: nothing of them must reach a terminal as control characters.
std::string printable(const std::vector<std::string>& args) {
  std::string text;
  for (const std::string& arg : args) {
    if (!text.empty()) text += ' ';
    for (char c : arg) text += c >= 0x20 && c < 0x7f ? c : '?';
  }
  return text;
}

// False if nobody reads for a second.
bool write_patiently(int descriptor, std::string_view text) {
  while (!text.empty()) {
    pollfd ready{descriptor, POLLOUT, 0};
    if (poll(&ready, 1, 1000) <= 0) return false;
    // A pipe that may be written to takes as much at once.
    const ssize_t written = write(descriptor, text.data(), std::min<size_t>(text.size(), PIPE_BUF));
    if (written <= 0) return false;
    text.remove_prefix(static_cast<size_t>(written));
  }
  return true;
}

}  // namespace

std::string format_processes(const std::vector<ProcessStatus>& processes) {
  std::string text =
      "     id  parent   group threads     fds  memory KiB     cpu s       calls  command\n";
  for (const ProcessStatus& process : processes) {
    char line[160];
    std::snprintf(line, sizeof line, "%7d %7d %7d %7zu %7zu %11" PRIu64 " %9.3f %11" PRIu64 "  %*s",
                  process.id, process.parent, process.group, process.threads, process.descriptors,
                  process.mapped_bytes / 1024, static_cast<double>(process.processor_time) / 1e9,
                  process.system_calls, std::min(2 * process.depth, 40), "");
    text += line;
    text += process.has_ended   ? "(ended)"
            : process.is_ending ? "(ending)"
                                : printable(process.args);
    if (process.borrows_memory) text += " (in its parent's memory)";
    text += '\n';
  }
  return text;
}

Json processes_to_json(const std::vector<ProcessStatus>& processes) {
  Json all = Json::array();
  for (const ProcessStatus& process : processes) {
    Json item{{"id", process.id},
              {"parent", process.parent},
              {"group", process.group},
              {"session", process.session},
              {"state", process.has_ended   ? "ended"
                        : process.is_ending ? "ending"
                                            : "alive"}};
    if (!process.has_ended && !process.is_ending) {
      item["threads"] = process.threads;
      item["descriptors"] = process.descriptors;
      item["memory"] = process.mapped_bytes;
      item["borrows_memory"] = process.borrows_memory;
      item["cpu_seconds"] = static_cast<double>(process.processor_time) / 1e9;
      item["system_calls"] = process.system_calls;
      item["args"] = process.args;
    }
    all.push_back(std::move(item));
  }
  return all;
}

StatusReporter::StatusReporter(std::optional<int> json_descriptor)
    : json_descriptor_(json_descriptor) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGUSR1);
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  thread_ = std::thread([this] { serve(); });
}

StatusReporter::~StatusReporter() {
  is_over_ = true;
  pthread_kill(thread_.native_handle(), SIGUSR1);
  thread_.join();
}

void StatusReporter::watch(std::shared_ptr<const microvisor::Processes> processes) {
  std::lock_guard lock(mutex_);
  processes_ = std::move(processes);
}

void StatusReporter::show_end() {
  std::lock_guard lock(mutex_);
  if (processes_ && json_descriptor_) show(*processes_, "end");
}

void StatusReporter::serve() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGUSR1);
  while (true) {
    int signal = 0;
    sigwait(&set, &signal);
    if (is_over_) return;
    std::lock_guard lock(mutex_);
    if (processes_) show(*processes_, "signal");
  }
}

void StatusReporter::show(const microvisor::Processes& processes, const char* reason) {
  const std::vector<ProcessStatus> all = microvisor::list_processes(processes);
  if (!json_descriptor_) {
    (void)write_patiently(STDERR_FILENO, format_processes(all));
    return;
  }
  const Json line{{"reason", reason}, {"processes", processes_to_json(all)}};
  (void)write_patiently(*json_descriptor_,
                        line.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n");
}

}  // namespace linden::cli
