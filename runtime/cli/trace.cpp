// `linden trace`: runs a program as `linden run` does, and shows its system calls.
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <atomic>
#include <cerrno>
#include <cstdio>
#include <functional>
#include <optional>
#include <thread>

#include "absl/strings/str_cat.h"
#include "runtime/cli/call_tracer.h"
#include "runtime/cli/module_options.h"
#include "runtime/cli/run.h"

namespace linden::cli {
namespace {

// Calls a function before a signal that someone has sent ends linden: a program that hangs is
// traced to see where. To be made before any other thread, as all of them must have the signals
// blocked.
class LastWords {
 public:
  explicit LastWords(std::function<void()> speak) : speak_(std::move(speak)) {
    sigemptyset(&signals_);
    for (const int number : {SIGHUP, SIGINT, SIGTERM}) {
      struct sigaction action;
      ::sigaction(number, nullptr, &action);
      // Whoever had us ignore it wants that.
      if (action.sa_handler == SIG_DFL) sigaddset(&signals_, number);
    }
    is_over_signal_fatal_ = sigismember(&signals_, kOver) == 1;
    sigaddset(&signals_, kOver);
    pthread_sigmask(SIG_BLOCK, &signals_, nullptr);
    thread_ = std::thread([this] { wait(); });
  }
  ~LastWords() {
    is_over_ = true;
    pthread_kill(thread_.native_handle(), kOver);
    thread_.join();
  }
  LastWords(const LastWords&) = delete;

 private:
  // What the destructor wakes the thread with.
  static constexpr int kOver = SIGTERM;

  void wait() {
    while (true) {
      int number = 0;
      sigwait(&signals_, &number);
      if (is_over_) return;
      if (number == kOver && !is_over_signal_fatal_) continue;
      // The next one ends linden here, should the last words find no reader.
      pthread_sigmask(SIG_UNBLOCK, &signals_, nullptr);
      speak_();
      ::raise(number);
    }
  }

  const std::function<void()> speak_;
  sigset_t signals_;
  bool is_over_signal_fatal_ = false;
  std::atomic<bool> is_over_ = false;
  std::thread thread_;
};

class Trace final : public RunExtension {
 public:
  ~Trace() override {
    last_words_.reset();
    if (file_ >= 0) ::close(file_);
  }

  const char* name() const override { return "trace"; }

  void declare(CLI::App& app) override {
    app.add_flag("-f,--follow-forks", options_.follows,
                 "show other processes than the first too, and the id of the thread");
    app.add_flag("-c,--summary-only", options_.counts,
                 "count calls, errors and time instead, and show a table at the end");
    app.add_option("-e", filter_,
                   "show these calls: names and classes (%file %desc %memory %process\n"
                   "%signal %network %ipc); with ! all others")
        ->type_name("[trace=][!]LIST")
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
    app.add_option("-o,--output", output_, "write to this file instead of standard error")
        ->type_name("FILE");
    app.add_option("-s,--string-limit", options_.limits.string,
                   "how many bytes of strings and elements of lists to show")
        ->type_name("SIZE")
        ->check(CLI::Range(uint32_t{0}, uint32_t{1} << 20));
    app.add_flag("-r,--relative-timestamps", options_.shows_relative_times,
                 "begin with the seconds since the call before");
    app.add_flag("-T,--syscall-times", options_.shows_durations,
                 "end with the seconds that the call took");
    app.footer(
        "What follows MODULE belongs to the guest. Exit codes are those of `linden run`.\n\n"
        "Examples:\n"
        "  linden trace -e trace=%file --dir . program its arguments\n"
        "  linden trace -f -o calls.txt program\n"
        "  linden trace -c program");
  }

  absl::Status prepare() override {
    if (!filter_.empty()) {
      absl::StatusOr<CallFilter> filter = CallFilter::parse(filter_);
      if (!filter.ok()) return filter.status();
      options_.filter = *std::move(filter);
    }
    if (!output_.empty()) {
      file_ = ::open(output_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
      if (file_ < 0) {
        return absl::InvalidArgumentError(
            absl::StrCat("cannot write to ", output_, ": ", strerrordesc_np(errno)));
      }
      options_.descriptor = file_;
      options_.has_plain_ids = true;
    }
    tracer_.emplace(options_);
    last_words_.emplace([this] { tracer_->stop(); });
    return absl::OkStatus();
  }

  runtime::CallObserver& observer() override { return *tracer_; }

  void finish() override {
    tracer_->stop();
    if (const int error = tracer_->write_error(); error != 0 && file_ >= 0) {
      print_error("trace", absl::UnknownError(absl::StrCat(
                               "writing to ", output_, " has failed: ", strerrordesc_np(error))));
    }
  }

 private:
  CallTracer::Options options_;
  std::string filter_;
  std::string output_;
  int file_ = -1;
  std::optional<CallTracer> tracer_;
  std::optional<LastWords> last_words_;
};

}  // namespace

std::unique_ptr<Command> create_trace() { return create_run_with(std::make_unique<Trace>()); }

}  // namespace linden::cli
