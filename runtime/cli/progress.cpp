#include "runtime/cli/progress.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <utility>

namespace linden::cli {
namespace {

constexpr std::chrono::milliseconds kDelay(1000), kInterval(100);
constexpr int kWidth = 24;

}  // namespace

Progress::Progress(std::string what)
    : what_(std::move(what)),
      enabled_(::isatty(STDERR_FILENO) == 1),
      next_(std::chrono::steady_clock::now() + kDelay) {}

Progress::~Progress() { finish(); }

std::function<void(double)> Progress::callback() {
  if (!enabled_) return nullptr;
  return [this](double fraction) { update(fraction); };
}

void Progress::update(double fraction) {
  // Compiling threads do not wait for one another to draw.
  std::unique_lock<std::mutex> lock(mutex_, std::try_to_lock);
  if (!lock || !enabled_) return;
  auto now = std::chrono::steady_clock::now();
  if (now < next_) return;
  next_ = now + kInterval;
  shown_ = true;
  fraction = std::clamp(fraction, 0.0, 1.0);
  int filled = static_cast<int>(fraction * kWidth);
  std::fprintf(stderr, "\r\033[K%s [%.*s%*s] %3.0f%%", what_.c_str(), filled,
               "########################", kWidth - filled, "", fraction * 100);
  std::fflush(stderr);
}

void Progress::finish() {
  std::lock_guard<std::mutex> lock(mutex_);
  enabled_ = false;
  if (!shown_) return;
  std::fputs("\r\033[K", stderr);
  std::fflush(stderr);
  shown_ = false;
}

}  // namespace linden::cli
