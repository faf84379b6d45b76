// Writes the system calls of a program, or counts them: what `linden trace` does while it runs.
//
// A line is written when its call has ended, by one write(2), so that lines stay whole whoever else
// writes there. Calls that have not ended are written by whatever shows that they never will: the
// end of their thread, or stop().
#ifndef LINDEN_RUNTIME_CLI_CALL_TRACER_H_
#define LINDEN_RUNTIME_CLI_CALL_TRACER_H_

#include <chrono>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "microvisor/call_text.h"
#include "runtime/call_observer.h"
#include "runtime/cli/call_counts.h"
#include "runtime/cli/call_filter.h"

namespace linden::cli {

// Thread-safe, after the construction.
class CallTracer final : public runtime::CallObserver {
 public:
  struct Options {
    // Where to write; borrowed.
    int descriptor = 2;
    // Of other processes than the first, too; with the id of the thread before each line.
    bool follows = false;
    // That id without brackets, as files have it.
    bool has_plain_ids = false;
    bool counts = false;  // instead of lines
    bool shows_relative_times = false;
    bool shows_durations = false;
    CallFilter filter = {};
    microvisor::TextLimits limits = {};
  };

  explicit CallTracer(Options options) : options_(std::move(options)) {}

  void begin(microvisor::Thread& thread, int number, const uint64_t arguments[6],
             const microvisor::GuestMemory& memory) override;
  void end(microvisor::Thread& thread, int number, const uint64_t arguments[6],
           const microvisor::GuestMemory& memory, int64_t result) override;
  void signal(microvisor::Thread& thread, const microvisor::SignalDelivery& delivery) override;
  void ended(int id, microvisor::ExitStatus status) override;

  // Writes what there is to be said of calls that have not ended, and the counts. Nothing is
  // written from then on. The second time, nothing happens.
  void stop();
  // Why a line could not be written: an errno, or 0.
  int write_error() const;

 private:
  using Clock = std::chrono::steady_clock;

  // The call that a thread is in.
  struct Call {
    int number;
    Clock::time_point begin;
    std::optional<microvisor::CallText> text;  // unless calls are counted
    // When it ended, if it was interrupted and it is not known yet what becomes of it: nothing, if
    // it is made again without the program having seen anything; else there is a signal.
    std::optional<Clock::time_point> interrupted = std::nullopt;
  };

  // By thread; of each the calls that it is in, the innermost last: a thread of a grate that
  // forwards a call can be asked for another one meanwhile.
  using Calls = std::map<int, std::vector<Call>>;

  // Empty if calls are counted.
  static std::string_view result_of(const Call& call);

  // All with the mutex held.
  bool is_shown(int process) const;
  bool is_shown(microvisor::Thread& thread, int number) const;
  void note_process(int id);
  // The call of a thread that was interrupted last; null if there is none.
  Call* interrupted_call(int thread);
  void conclude(int id, const Call& call, Clock::time_point end, bool has_failed,
                std::string_view result);
  // That they have no results.
  void conclude_all(int id, const std::vector<Call>& calls);
  std::string begin_line(int id, Clock::time_point time);
  void write_line(std::string line);

  const Options options_;
  mutable std::mutex mutex_;  // guards all that follows; held while a line is written
  int first_process_ = 0;
  Calls calls_;
  CallCounts counts_;
  std::optional<Clock::time_point> last_begin_;
  int write_error_ = 0;
  bool is_stopped_ = false;
};

}  // namespace linden::cli

#endif
