// The code of a module that runs before it is compiled: each function is compiled, quickly, when it
// is called first, and replaced by optimised code when there is some.
//
// Every function has a slot, which holds the address of its code, and a stub that jumps to where
// its slot leads. Code of this module calls through slots, everybody else calls stubs, so a
// function is replaced by one store. At first a slot leads to a second stub, which has the function
// compiled (linden_compile_entry). Whoever is in a function that is replaced, stays in the old code
// until it returns; nothing is ever removed while the module lives.
//
// Functions are compiled in the order in which they are called, by a thread of its own, which goes
// on with those that they call when nobody waits. Optimised code is compiled by a process of its
// own (background_compile.h), which may outlive this one.
//
// Thread-safety: all functions may be called concurrently.
#ifndef LINDEN_RUNTIME_TIERED_CODE_H_
#define LINDEN_RUNTIME_TIERED_CODE_H_

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "absl/status/statusor.h"
#include "jit/lazy_compiler.h"
#include "runtime/code_region.h"
#include "runtime/loaded_code.h"

namespace linden::runtime {

struct TierStatistics {
  uint32_t functions = 0;  // that the module defines
  uint32_t compiled = 0;   // quickly
  uint32_t optimized = 0;
};

class TieredCode {
 public:
  // `module` outlives it. `options`: without function_slots.
  static absl::StatusOr<std::unique_ptr<TieredCode>> create(
      const CompiledModule& module, std::shared_ptr<const jit::Module> parsed,
      jit::CompileOptions options);
  // When no code of it runs any more.
  ~TieredCode();

  // Callable for ever. `function` is one that the module defines.
  const void* entry_point(uint32_t function) const;
  // From now on calls go to this code, where it has a function.
  absl::Status install(jit::Image optimized);
  // Has a function compiled, if it is not yet, and waits for that.
  absl::Status compile(uint32_t function);
  // As it is now.
  const void* code_of(uint32_t function) const { return slot(function).load(); }
  TierStatistics statistics() const;

 private:
  enum class State : uint8_t { Idle, Guessed, Wanted, Done, Failed };

  TieredCode(const CompiledModule& module, std::shared_ptr<const jit::Module> parsed);
  absl::Status make_stubs();
  void work();
  // What to compile next: what somebody waits for, or may. Nothing if there is nothing.
  std::optional<uint32_t> choose();
  void install_function(uint32_t function, absl::StatusOr<jit::Image> image);
  const void* compile_stub(uint32_t function) const;
  std::atomic<const void*>& slot(uint32_t function) const { return slots_[function]; }

  const CompiledModule& module_;
  const std::shared_ptr<const jit::Module> parsed_;
  std::unique_ptr<const LoadedCode> stubs_;
  std::atomic<const void*>* slots_ = nullptr;  // by function index; in front of the stubs
  std::unique_ptr<jit::LazyCompiler> compiler_;

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  // Guarded by it.
  std::vector<State> states_;               // by function index
  std::vector<uint32_t> wanted_, guessed_;  // the last one first; some are done meanwhile
  uint32_t compiled_ = 0, optimized_ = 0;
  bool is_over_ = false;  // nothing is to be compiled any more
  absl::Status failure_;
  std::vector<std::unique_ptr<const LoadedCode>> code_;
  std::thread worker_;
};

}  // namespace linden::runtime

#endif
