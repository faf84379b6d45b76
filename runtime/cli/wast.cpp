// `linden wast`: runs specification scripts, each in a process of its own, so that whatever one
// does to its process is one failed file.
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <nlohmann/json.hpp>
#include <thread>

#include "absl/strings/str_cat.h"
#include "runtime/cli/command.h"
#include "runtime/cli/module_options.h"
#include "runtime/sealed_file.h"
#include "runtime/wast/wast.h"

namespace linden::cli {
namespace {

using runtime::WastFailure;
using runtime::WastResult;

// What a child sends to its parent: two counts, then for each failure its line, length and text.
void append_number(std::string& bytes, int64_t number) {
  bytes.append(reinterpret_cast<const char*>(&number), sizeof number);
}

std::string encode(const WastResult& result) {
  std::string bytes;
  append_number(bytes, result.passed);
  append_number(bytes, result.failed);
  for (const WastFailure& failure : result.failures) {
    append_number(bytes, failure.line);
    append_number(bytes, static_cast<int64_t>(failure.message.size()));
    bytes += failure.message;
  }
  return bytes;
}

bool take_number(std::string_view& bytes, int64_t& number) {
  if (bytes.size() < sizeof number) return false;
  std::memcpy(&number, bytes.data(), sizeof number);
  bytes.remove_prefix(sizeof number);
  return true;
}

WastResult decode(std::string_view bytes) {
  WastResult result;
  int64_t passed = 0, failed = 0, line = 0, length = 0;
  if (!take_number(bytes, passed) || !take_number(bytes, failed)) return result;
  result.passed = static_cast<int>(passed);
  result.failed = static_cast<int>(failed);
  while (take_number(bytes, line) && take_number(bytes, length) &&
         static_cast<uint64_t>(length) <= bytes.size()) {
    result.failures.push_back({static_cast<int>(line), std::string(bytes.substr(0, length))});
    bytes.remove_prefix(static_cast<size_t>(length));
  }
  return result;
}

struct Job {
  std::string file;
  WastResult result;
  pid_t pid = -1;
  int pipe = -1;
  std::string received;
  timespec deadline{};
  bool timed_out = false;
};

class Wast : public Command {
 public:
  void declare(CLI::App& app) override {
    app.add_option("FILES", files_, "scripts (.wast)")->required();
    app.add_option("-j,--jobs", jobs_, "run N files at once (default: one per core)")
        ->type_name("N");
    app.add_option("--timeout", timeout_, "seconds after which a file has failed")
        ->type_name("SECONDS")
        ->check(CLI::PositiveNumber);
    app.add_flag("-v,--verbose", verbose_, "also show files that pass, and what scripts print");
    app.add_flag("--json", json_, "print JSON");
    app.add_flag("--relaxed-traps", relaxed_traps_,
                 "compile as `linden run` does, which drops unused loads and joins others");
    options_.declare_sfi(app);
    options_.declare_tiers(app);
    options_.declare_cache(app);
    app.footer("Exit code: 1 if anything failed.\n\nExample:\n  linden wast -j 4 testsuite/*.wast");
  }

  int run() override {
    absl::StatusOr<runtime::LoadOptions> options = options_.load_options();
    if (!options.ok()) {
      print_error("wast", options.status());
      return kUsageError;
    }
    // The files are what runs in parallel; most modules in them are tiny.
    options->compile_threads = 1;
    // No script runs long enough for optimised code, which would be a process for each module.
    options->compiler.clear();
    if (jobs_ == 0) jobs_ = std::max(1u, std::thread::hardware_concurrency());
    run_all(*options);
    return report();
  }

 private:
  void run_all(const runtime::LoadOptions& options) {
    finished_.reserve(files_.size());
    std::vector<Job> running;
    for (size_t next = 0; next < files_.size() || !running.empty();) {
      while (next < files_.size() && running.size() < jobs_) {
        running.push_back(start(files_[next++], options));
      }
      wait_for_any(running);
    }
    // In the order of the command line, whatever finished first.
    std::sort(finished_.begin(), finished_.end(), [this](const Job& a, const Job& b) {
      return std::find(files_.begin(), files_.end(), a.file) <
             std::find(files_.begin(), files_.end(), b.file);
    });
  }

  Job start(const std::string& file, const runtime::LoadOptions& options) const {
    Job job;
    job.file = file;
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) < 0) {
      job.result.failures.push_back({0, absl::StrCat("pipe: ", std::strerror(errno))});
      return job;
    }
    std::fflush(nullptr);  // or the child would write our buffers once more
    job.pid = ::fork();
    if (job.pid == 0) {
      ::close(ends[0]);
      run_child(file, options, ends[1]);
    }
    ::close(ends[1]);
    if (job.pid < 0) {
      job.result.failures.push_back({0, absl::StrCat("fork: ", std::strerror(errno))});
      ::close(ends[0]);
      return job;
    }
    job.pipe = ends[0];
    ::clock_gettime(CLOCK_MONOTONIC, &job.deadline);
    job.deadline.tv_sec += timeout_;
    return job;
  }

  [[noreturn]] void run_child(const std::string& file, const runtime::LoadOptions& options,
                              int output) const {
    WastResult result;
    absl::StatusOr<std::vector<uint8_t>> text = runtime::read_file(file);
    if (text.ok()) {
      runtime::WastOptions wast_options{
          .load = options, .relaxed_traps = relaxed_traps_, .verbose = verbose_ && !json_};
      result = runtime::run_wast({reinterpret_cast<const char*>(text->data()), text->size()}, file,
                                 wast_options);
    } else {
      result.failures.push_back({0, std::string(text.status().message())});
    }
    std::fflush(nullptr);
    std::string bytes = encode(result);
    for (size_t sent = 0; sent < bytes.size();) {
      ssize_t n = ::write(output, bytes.data() + sent, bytes.size() - sent);
      if (n < 0 && errno != EINTR) ::_exit(kFailure);
      if (n > 0) sent += static_cast<size_t>(n);
    }
    ::_exit(0);
  }

  void wait_for_any(std::vector<Job>& running) {
    std::vector<pollfd> polled;
    int64_t wait_ms = INT32_MAX;
    timespec now;
    ::clock_gettime(CLOCK_MONOTONIC, &now);
    for (const Job& job : running) {
      polled.push_back({job.pipe, POLLIN, 0});
      int64_t left = (job.deadline.tv_sec - now.tv_sec) * 1000;
      wait_ms = std::min(wait_ms, job.pid < 0 || left < 0 ? 0 : left + 1);
    }
    ::poll(polled.data(), polled.size(), static_cast<int>(wait_ms));
    ::clock_gettime(CLOCK_MONOTONIC, &now);
    for (size_t i = running.size(); i-- > 0;) {
      Job& job = running[i];
      if (job.pid >= 0) {
        if (polled[i].revents != 0 && receive(job)) continue;
        if (polled[i].revents == 0) {
          if (now.tv_sec < job.deadline.tv_sec) continue;
          job.timed_out = true;
          ::kill(job.pid, SIGKILL);
        }
        finish(job);
      }
      finished_.push_back(std::move(job));
      running.erase(running.begin() + static_cast<ptrdiff_t>(i));
    }
  }

  // False at the end.
  static bool receive(Job& job) {
    char buffer[65536];
    ssize_t n = ::read(job.pipe, buffer, sizeof buffer);
    if (n < 0) return errno == EINTR;
    job.received.append(buffer, static_cast<size_t>(n));
    return n > 0;
  }

  void finish(Job& job) const {
    ::close(job.pipe);
    int status = 0;
    while (::waitpid(job.pid, &status, 0) < 0 && errno == EINTR) {
    }
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) {
      job.result = decode(job.received);
    } else if (job.timed_out) {
      job.result.failures.push_back({0, absl::StrCat("no end after ", timeout_, " s")});
    } else if (WIFSIGNALED(status)) {
      job.result.failures.push_back(
          {0, absl::StrCat("the process died: ", ::strsignal(WTERMSIG(status)))});
    } else {
      job.result.failures.push_back(
          {0, absl::StrCat("the process ended with code ", WEXITSTATUS(status))});
    }
  }

  int report() const {
    size_t good_files = 0;
    int64_t passed = 0, failed = 0;
    nlohmann::json items = nlohmann::json::array();
    for (const Job& job : finished_) {
      const WastResult& result = job.result;
      passed += result.passed;
      failed += result.failed;
      if (result.failures.empty()) ++good_files;
      if (json_) {
        nlohmann::json failures = nlohmann::json::array();
        for (const WastFailure& failure : result.failures) {
          failures.push_back({{"line", failure.line}, {"message", failure.message}});
        }
        items.push_back({{"file", job.file},
                         {"passed", result.passed},
                         {"failed", result.failed},
                         {"failures", std::move(failures)}});
        continue;
      }
      for (const WastFailure& failure : result.failures) {
        std::printf("%s:%d: %s\n", job.file.c_str(), failure.line, failure.message.c_str());
      }
      if (verbose_ && result.failures.empty()) {
        std::printf("%s: %d assertions passed\n", job.file.c_str(), result.passed);
      }
    }
    if (json_) {
      nlohmann::json all{{"files", finished_.size()},
                         {"files_passed", good_files},
                         {"assertions_passed", passed},
                         {"assertions_failed", failed},
                         {"results", std::move(items)}};
      std::puts(all.dump(2, ' ', false, nlohmann::json::error_handler_t::replace).c_str());
    } else {
      std::printf("%zu of %zu files, %lld assertions passed, %lld failed\n", good_files,
                  finished_.size(), static_cast<long long>(passed), static_cast<long long>(failed));
    }
    return good_files == finished_.size() ? 0 : kFailure;
  }

  std::vector<std::string> files_;
  unsigned jobs_ = 0;
  int timeout_ = 600;
  bool relaxed_traps_ = false;
  bool verbose_ = false;
  bool json_ = false;
  ModuleOptions options_;
  std::vector<Job> finished_;
};

}  // namespace

std::unique_ptr<Command> create_wast() { return std::make_unique<Wast>(); }

}  // namespace linden::cli
