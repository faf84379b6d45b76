// A line on the terminal while something takes more than a second; erased at the end. Silent when
// standard error is not a terminal.
#ifndef LINDEN_RUNTIME_CLI_PROGRESS_H_
#define LINDEN_RUNTIME_CLI_PROGRESS_H_

#include <chrono>
#include <functional>
#include <mutex>
#include <string>

namespace linden::cli {

class Progress {
 public:
  explicit Progress(std::string what);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  // For LoadOptions::progress: may be called from any thread. Empty if nothing would be shown.
  std::function<void(double)> callback();
  // Erases the line; it does not come back.
  void finish();

 private:
  void update(double fraction);

  std::string what_;
  bool enabled_;
  bool shown_ = false;
  std::mutex mutex_;
  std::chrono::steady_clock::time_point next_;
};

}  // namespace linden::cli

#endif
