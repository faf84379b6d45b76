// `linden compile`: writes an ahead-of-time file.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>

#include "runtime/ahead_of_time.h"
#include "runtime/cli/command.h"
#include "runtime/cli/module_options.h"
#include "runtime/cli/progress.h"

namespace linden::cli {
namespace {

class Compile : public Command {
 public:
  void declare(CLI::App& app) override {
    app.add_option("MODULE", module_, "the module, binary or text")->required();
    app.add_option("-o,--output", output_, "the file to write (default: MODULE with .lindenc)")
        ->type_name("FILE");
    options_.declare_sfi(app);
    options_.declare_tier(app);
    options_.declare_jobs(app);
    app.add_option("--dump", options_.dump_directory, "write IR and assembly to this directory")
        ->type_name("DIR");
    app.add_flag("-v,--verbose", options_.verbose, "say what was written");
    app.add_flag("--into-cache", into_cache_,
                 "write no file, but fill the cache that `linden run` looks in; at low priority");
    options_.declare_strict_calls(app);
    options_.declare_tuning(app);
    app.add_flag("--strict-traps", options_.strict_traps,
                 "keep every load, also one whose result is not used");
    app.footer(
        "The file holds native code for this machine and this build of Linden; `linden run` "
        "compiles\n"
        "the module inside again where they do not fit. Run only files that you trust.\n\n"
        "Example:\n  linden compile -j 4 program.wasm -o program.lindenc");
  }

  int run() override {
    absl::StatusOr<runtime::LoadOptions> options = options_.load_options();
    if (!options.ok()) return fail(options.status(), kUsageError);
    absl::StatusOr<std::vector<uint8_t>> bytes = read_module(module_, *options);
    if (!bytes.ok()) return fail(bytes.status(), kFailure);
    if (into_cache_) return fill_cache(*std::move(bytes), *options);
    if (output_.empty()) output_ = default_output();

    Progress progress("compiling " + module_);
    options->progress = progress.callback();
    absl::StatusOr<runtime::AheadOfTimeResult> result =
        runtime::write_ahead_of_time(output_, *std::move(bytes), *options);
    progress.finish();
    if (!result.ok()) return fail(result.status(), kFailure);
    if (options_.verbose) {
      std::fprintf(stderr, "linden compile: %s: %llu bytes, %llu of machine code, in %.2f s\n",
                   output_.c_str(), static_cast<unsigned long long>(result->file_size),
                   static_cast<unsigned long long>(result->code_size), result->compile_seconds);
    }
    return 0;
  }

 private:
  int fill_cache(std::vector<uint8_t> bytes, const runtime::LoadOptions& options) {
    if (options.cache == nullptr) {
      return fail(absl::FailedPreconditionError("--into-cache: there is no cache"), kFailure);
    }
    // Whoever waits for something else is not to wait longer for this.
    (void)::nice(10);
    auto module = runtime::CompiledModule::load(std::move(bytes), options);
    return module.ok() ? 0 : fail(module.status(), kFailure);
  }

  static int fail(const absl::Status& status, int code) {
    print_error("compile", status);
    return code;
  }

  std::string default_output() const {
    for (const char* suffix : {".wasm", ".wat"}) {
      if (module_.ends_with(suffix)) {
        return module_.substr(0, module_.rfind('.')) + ".lindenc";
      }
    }
    return module_ + ".lindenc";
  }

  std::string module_;
  std::string output_;
  bool into_cache_ = false;
  ModuleOptions options_;
};

}  // namespace

std::unique_ptr<Command> create_compile() { return std::make_unique<Compile>(); }

}  // namespace linden::cli
