#include "runtime/cli/call_tracer.h"

#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "microvisor/cage.h"
#include "microvisor/call_values.h"

namespace linden::cli {
namespace {

using microvisor::ExitStatus;
using microvisor::Thread;

// Where strace(1) puts results.
constexpr size_t kResultColumn = 39;

constexpr std::string_view kUnknownResult = "?";
constexpr std::string_view kRestarted = "? ERESTARTSYS (To be restarted if SA_RESTART is set)";

double to_seconds(std::chrono::nanoseconds time) { return static_cast<double>(time.count()) / 1e9; }

bool is_error(int64_t result) { return result < 0 && result >= -4095; }

bool is_restartable(int number) {
  const microvisor::SyscallInfo* info = microvisor::find_syscall(number);
  return info != nullptr && (info->traits & microvisor::kRestartable) != 0;
}

}  // namespace

void CallTracer::begin(Thread& thread, int number, const uint64_t arguments[6],
                       const microvisor::GuestMemory& memory) {
  {
    std::lock_guard lock(mutex_);
    note_process(thread.cage().id());
    if (!is_shown(thread, number)) return;
  }
  Call call{.number = number, .begin = Clock::now(), .text = std::nullopt};
  if (!options_.counts) {
    call.text.emplace(memory, number, arguments, options_.limits);
  }
  std::lock_guard lock(mutex_);
  if (const Call* interrupted = interrupted_call(thread.id())) {
    // For nothing that the program sees, and made again.
    call.begin = interrupted->begin;
    calls_[thread.id()].pop_back();
  }
  calls_[thread.id()].push_back(std::move(call));
}

void CallTracer::end(Thread& thread, int number, const uint64_t /*arguments*/[6],
                     const microvisor::GuestMemory& memory, int64_t result) {
  const Clock::time_point now = Clock::now();
  std::optional<Call> call;
  {
    std::lock_guard lock(mutex_);
    const auto entry = calls_.find(thread.id());
    if (entry == calls_.end() || !is_shown(thread, number)) return;
    std::vector<Call>& calls = entry->second;
    // Those that a trap has left never end.
    while (!calls.empty() && (calls.back().number != number || calls.back().interrupted)) {
      conclude(thread.id(), calls.back(), now, false, kUnknownResult);
      calls.pop_back();
    }
    if (calls.empty()) return;
    call.emplace(std::move(calls.back()));
    calls.pop_back();
  }
  // Without the mutex: what the call gave out is read.
  if (call->text) call->text->finish(memory, result);
  const uint32_t attention = thread.attention().load(std::memory_order_acquire);
  const bool is_interrupted = result == -EINTR && attention != 0;
  std::lock_guard lock(mutex_);
  if (is_interrupted && !(attention & Thread::kEnd)) {
    call->interrupted = now;
    calls_[thread.id()].push_back(*std::move(call));
    return;
  }
  conclude(thread.id(), *call, now, is_error(result),
           is_interrupted ? kUnknownResult : result_of(*call));
}

void CallTracer::signal(Thread& thread, const microvisor::SignalDelivery& delivery) {
  std::lock_guard lock(mutex_);
  if (const Call* call = interrupted_call(thread.id())) {
    const bool is_restarted =
        is_restartable(call->number) && (delivery.action.flags & SA_RESTART) != 0;
    conclude(thread.id(), *call, *call->interrupted, !is_restarted,
             is_restarted ? kRestarted : result_of(*call));
    calls_[thread.id()].pop_back();
  }
  if (options_.counts || !is_shown(thread.cage().id())) return;
  write_line(absl::StrCat(begin_line(thread.id(), Clock::now()), "--- ",
                          microvisor::show_signal(delivery.information.number), " ",
                          microvisor::show_siginfo(delivery.information), " ---"));
}

void CallTracer::ended(int id, ExitStatus status) {
  std::lock_guard lock(mutex_);
  note_process(id);
  if (const auto entry = calls_.find(id); entry != calls_.end()) {
    conclude_all(id, entry->second);
    calls_.erase(entry);
  }
  if (options_.counts || !is_shown(id)) return;
  const std::string how = status.signal() != 0
                              ? "killed by " + microvisor::show_signal(status.signal())
                              : absl::StrCat("exited with ", status.code());
  write_line(absl::StrCat(begin_line(id, Clock::now()), "+++ ", how, " +++"));
}

void CallTracer::stop() {
  std::lock_guard lock(mutex_);
  if (is_stopped_) return;
  for (const auto& [id, calls] : calls_) conclude_all(id, calls);
  if (options_.counts) write_line(counts_.table());
  is_stopped_ = true;
}

int CallTracer::write_error() const {
  std::lock_guard lock(mutex_);
  return write_error_;
}

// The first thing that is heard of any is heard of the first process.
void CallTracer::note_process(int id) {
  if (first_process_ == 0) first_process_ = id;
}

bool CallTracer::is_shown(int id) const { return options_.follows || id == first_process_; }

bool CallTracer::is_shown(Thread& thread, int number) const {
  return is_shown(thread.cage().id()) && options_.filter.includes(number);
}

CallTracer::Call* CallTracer::interrupted_call(int thread) {
  const auto entry = calls_.find(thread);
  if (entry == calls_.end() || entry->second.empty()) return nullptr;
  Call& call = entry->second.back();
  return call.interrupted ? &call : nullptr;
}

void CallTracer::conclude_all(int id, const std::vector<Call>& calls) {
  for (const Call& call : calls) {
    conclude(id, call, call.interrupted.value_or(Clock::now()), false, kUnknownResult);
  }
}

std::string_view CallTracer::result_of(const Call& call) {
  return call.text ? std::string_view(call.text->result()) : std::string_view();
}

void CallTracer::conclude(int id, const Call& call, Clock::time_point end, bool has_failed,
                          std::string_view result) {
  if (options_.counts) {
    counts_.add(call.number, end - call.begin, has_failed);
    return;
  }
  std::string line = begin_line(id, call.begin) + call.text->call();
  if (line.size() < kResultColumn) line.resize(kResultColumn, ' ');
  absl::StrAppend(&line, " = ", std::string(result));
  if (options_.shows_durations) {
    absl::StrAppendFormat(&line, " <%.6f>", to_seconds(end - call.begin));
  }
  write_line(std::move(line));
}

std::string CallTracer::begin_line(int id, Clock::time_point time) {
  std::string line;
  if (options_.follows) {
    line =
        options_.has_plain_ids ? absl::StrFormat("%-5d ", id) : absl::StrFormat("[pid %5d] ", id);
  }
  if (options_.shows_relative_times) {
    // Of what overlaps, the beginnings need not be in the order of the lines.
    const Clock::time_point last = last_begin_.value_or(time);
    absl::StrAppendFormat(&line, "%12.6f ", std::max(0.0, to_seconds(time - last)));
    last_begin_ = std::max(time, last);
  }
  return line;
}

void CallTracer::write_line(std::string line) {
  if (is_stopped_ || write_error_ != 0) return;
  if (!line.ends_with('\n')) line += '\n';
  for (std::string_view rest = line; !rest.empty();) {
    const ssize_t written = ::write(options_.descriptor, rest.data(), rest.size());
    if (written >= 0) {
      rest.remove_prefix(static_cast<size_t>(written));
    } else if (errno == EAGAIN) {
      // A guest that shares it may have made it so.
      pollfd ready{options_.descriptor, POLLOUT, 0};
      ::poll(&ready, 1, -1);
    } else if (errno != EINTR) {
      write_error_ = errno;
      return;
    }
  }
}

}  // namespace linden::cli
