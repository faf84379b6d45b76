// What `run`, `compile`, `inspect` and `wast` have in common: options of the compiler, and loading
// a module from a file.
#ifndef LINDEN_RUNTIME_CLI_MODULE_OPTIONS_H_
#define LINDEN_RUNTIME_CLI_MODULE_OPTIONS_H_

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "runtime/cache.h"
#include "runtime/compiled_module.h"

namespace CLI {
class App;
}

namespace linden::cli {

class ModuleOptions {
 public:
  // --sfi, --unsafe
  void declare_sfi(CLI::App& app);
  // --tier
  void declare_tier(CLI::App& app);
  // The same, with `auto`.
  void declare_tiers(CLI::App& app);
  // -j
  void declare_jobs(CLI::App& app);
  // --no-cache, --verify, --no-verify
  void declare_cache(CLI::App& app);
  // --strict-calls
  void declare_strict_calls(CLI::App& app);
  // --tune
  void declare_tuning(CLI::App& app);

  // What the options say; with the cache, unless there is none. InvalidArgument: see the message.
  absl::StatusOr<runtime::LoadOptions> load_options();

  bool verbose = false;
  bool strict_traps = false;
  std::string dump_directory;

 private:
  absl::StatusOr<runtime::Verify> parse_verify() const;

  std::string sfi_ = "segment";
  bool unsafe_ = false;
  std::string tier_ = "opt";
  bool has_tiers_ = false;
  unsigned threads_ = 0;
  bool no_cache_ = false;
  bool verify_ = false;
  bool no_verify_ = false;
  bool strict_calls_ = false;
  std::string tuning_;
  std::optional<runtime::Cache> cache_;
};

struct LoadedModule {
  std::shared_ptr<const runtime::CompiledModule> module;
  bool ahead_of_time = false;
  bool recompiled = false;  // an ahead-of-time file that did not fit
};

// The bytes of a .wasm file. A text module is assembled, an ahead-of-time file unpacked.
// NotFound, or what else reading it met.
absl::StatusOr<std::vector<uint8_t>> read_module(const std::string& path,
                                                 const runtime::LoadOptions& options);
// As read_module(), and compiled or taken from the cache or the ahead-of-time file.
absl::StatusOr<LoadedModule> load_module(const std::string& path,
                                         const runtime::LoadOptions& options);

// The exit code with which `run` reports an error of load_module() or of linking.
int run_exit_code(const absl::Status& status);

// "linden COMMAND: message" on standard error.
void print_error(const char* command, const absl::Status& status);

}  // namespace linden::cli

#endif
