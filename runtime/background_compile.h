// Optimised code, compiled by another process: `linden compile --into-cache` at low priority.
//
// A process of its own, because the work takes seconds to minutes: it goes on when this process
// ends, and what it makes is in the cache for the next run. Without a cache it leaves the code in a
// directory that is removed, and ends with this process.
#ifndef LINDEN_RUNTIME_BACKGROUND_COMPILE_H_
#define LINDEN_RUNTIME_BACKGROUND_COMPILE_H_

#include <functional>
#include <memory>
#include <mutex>
#include <span>

#include "absl/status/statusor.h"
#include "runtime/compiled_module.h"

namespace linden::runtime {

class BackgroundCompile {
 public:
  // Called once, on a thread of its own, with the code, unless it cannot be had.
  // Told whether the image was proved to keep within its sandbox.
  using Done = std::function<void(jit::Image, bool is_stamped)>;

  // Null if there can be none; the program then runs on as it is. `options.compiler` is the
  // program to run.
  static std::unique_ptr<BackgroundCompile> start(std::span<const uint8_t> module_bytes,
                                                  const LoadOptions& options, Done done);
  // Nothing is called any more when this returns.
  ~BackgroundCompile();
  BackgroundCompile(const BackgroundCompile&) = delete;

 private:
  struct State;
  explicit BackgroundCompile(std::shared_ptr<State> state) : state_(std::move(state)) {}

  std::shared_ptr<State> state_;
};

}  // namespace linden::runtime

#endif
