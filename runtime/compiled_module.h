// A module whose machine code is loaded into this process, ready to be instantiated any number of
// times, from any thread.
#ifndef LINDEN_RUNTIME_COMPILED_MODULE_H_
#define LINDEN_RUNTIME_COMPILED_MODULE_H_

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "jit/compiler.h"
#include "jit/image.h"
#include "jit/module.h"
#include "runtime/loaded_code.h"
#include "runtime/tiered_code.h"

namespace linden::runtime {

class BackgroundCompile;
class Cache;

// Which machine code must be proved to keep within its sandbox (runtime/verification.h).
enum class Verify : uint8_t {
  Never,
  Files,   // what comes from the cache or an ahead-of-time file, and what goes into the cache
  Always,  // also what was compiled just now, and whatever stamps say
};

struct LoadOptions {
  jit::Features features;
  jit::Sfi sfi = jit::Sfi::Segment;
  jit::Tier tier = jit::Tier::Optimized;
  // With the optimised tier: a module that is not in the cache begins to run at once, and gets its
  // optimised code while it runs.
  bool is_tiered = false;
  // The command `linden`, for compiling in the background; empty: never.
  std::string compiler;
  bool strict_traps = false;
  bool strict_calls = false;
  std::string tuning;            // the processor to make code fast on; empty: this one
  unsigned compile_threads = 0;  // 0: all cores
  const Cache* cache = nullptr;  // null: compile always, keep nothing
  std::function<void(double)> progress;
  std::string dump_directory;
  Verify verify = Verify::Files;
  // What the user should know, although all goes on; may be empty.
  std::function<void(const std::string&)> warn;
};

// The compiler's part of them, for this process.
jit::CompileOptions compile_options_of(const LoadOptions& options);

// What loading did, for --stats.
struct LoadStatistics {
  double parse_seconds = 0;
  double compile_seconds = 0;  // 0 when the image came from the cache
  double load_seconds = 0;
  bool from_cache = false;
  uint64_t code_size = 0;
};

// What InstanceData::type_ids and FunctionReference::type_id hold for a type.
uint32_t type_id_of(const jit::FunctionType& type);

class CompiledModule {
 public:
  ~CompiledModule();
  // Parses, then takes the image from the cache or compiles it (and caches it). InvalidArgument:
  // not a valid module. Others as jit::compile().
  static absl::StatusOr<std::shared_ptr<const CompiledModule>> load(std::vector<uint8_t> bytes,
                                                                    const LoadOptions& options);
  // From an image that `linden compile` wrote: see ahead_of_time.h.
  static absl::StatusOr<std::shared_ptr<const CompiledModule>> create(
      std::shared_ptr<const jit::Module> module, jit::Image image, jit::Sfi sfi);

  const jit::Module& module() const { return *module_; }
  jit::Sfi sfi() const { return sfi_; }
  const LoadStatistics& statistics() const { return statistics_; }

  // Null if the function has no entry point of its own (it was never exported or referenced). Of a
  // function that the module defines.
  const void* entry_point(uint32_t function) const;
  // Null if all code was there from the beginning.
  const TieredCode* tiers() const { return tiers_.get(); }
  // By type index; as jit::encode_type_id, with interned numbers for long types.
  std::span<const uint32_t> type_ids() const { return type_ids_; }

 private:
  CompiledModule() = default;
  void prepare(std::shared_ptr<const jit::Module> module, jit::Sfi sfi);
  absl::Status begin_tiers(const LoadOptions& options);

  std::shared_ptr<const jit::Module> module_;
  jit::Sfi sfi_ = jit::Sfi::Segment;
  // One of both.
  std::unique_ptr<const LoadedCode> code_;
  std::unique_ptr<TieredCode> tiers_;
  // Installs code in tiers_, so it goes first.
  std::unique_ptr<BackgroundCompile> background_;
  std::vector<uint32_t> type_ids_;
  LoadStatistics statistics_;
};

}  // namespace linden::runtime

#endif
