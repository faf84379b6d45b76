#include "runtime/cli/module_options.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <utility>

#include "absl/strings/str_cat.h"
#include "runtime/ahead_of_time.h"
#include "runtime/cli/command.h"
#include "runtime/sealed_file.h"
#include "runtime/wast/text.h"

namespace linden::cli {
namespace {

bool is_binary_module(const std::vector<uint8_t>& bytes) {
  return bytes.size() >= 4 && bytes[0] == 0 && bytes[1] == 'a' && bytes[2] == 's' &&
         bytes[3] == 'm';
}

// Text modules begin with a parenthesis or a comment; anything else is left to the parser of the
// binary format and its messages.
bool is_text_module(const std::vector<uint8_t>& bytes) {
  auto first = std::find_if(bytes.begin(), bytes.end(), [](uint8_t c) {
    return c != ' ' && c != '\t' && c != '\n' && c != '\r';
  });
  return first != bytes.end() && (*first == '(' || *first == ';');
}

absl::Status with_path(const std::string& path, const absl::Status& status) {
  return absl::Status(status.code(), absl::StrCat(path, ": ", status.message()));
}

absl::StatusOr<std::vector<uint8_t>> assemble_if_text(const std::string& path,
                                                      std::vector<uint8_t> bytes,
                                                      const runtime::LoadOptions& options) {
  if (is_binary_module(bytes) || !is_text_module(bytes)) return bytes;
  return runtime::assemble({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, path,
                           options.features);
}

}  // namespace

void ModuleOptions::declare_sfi(CLI::App& app) {
  app.add_option("--sfi", sfi_,
                 absl::StrCat("how the guest's memory is confined: ", jit::sfi_names()))
      ->type_name("NAME");
  app.add_flag("--unsafe", unsafe_, "allow --sfi none, bounds-stores and mask-stores");
}

void ModuleOptions::declare_tier(CLI::App& app) {
  app.add_option("--tier", tier_, "how well to compile: opt, or fast, for programs that run once")
      ->type_name("NAME");
}

void ModuleOptions::declare_tiers(CLI::App& app) {
  app.add_option(
         "--tier", tier_,
         "how well to compile: opt; fast, for programs that run once; or auto: begin to run "
         "at once, and optimise meanwhile")
      ->type_name("NAME");
  has_tiers_ = true;
}

void ModuleOptions::declare_jobs(CLI::App& app) {
  app.add_option("-j,--jobs", threads_, "compile with N threads (default: one per core)")
      ->type_name("N")
      ->default_str("");
}

void ModuleOptions::declare_cache(CLI::App& app) {
  app.add_flag("--no-cache", no_cache_, "neither use nor fill the cache of compiled modules");
  CLI::Option* verify = app.add_flag(
      "--verify", verify_, "prove also of code compiled just now that it keeps within its sandbox");
  app.add_flag("--no-verify", no_verify_, "run code from files (cache, ahead of time) unproved")
      ->excludes(verify);
}

void ModuleOptions::declare_strict_calls(CLI::App& app) {
  app.add_flag("--strict-calls", strict_calls_,
               "trap where a function is called through a pointer of another type");
}

void ModuleOptions::declare_tuning(CLI::App& app) {
  app.add_option("--tune", tuning_,
                 "make code that is fast on this processor, by LLVM's name; it runs on others as "
                 "well (default: this machine's)")
      ->type_name("CPU");
}

// The options, else $LINDEN_VERIFY, which reaches commands that others start.
absl::StatusOr<runtime::Verify> ModuleOptions::parse_verify() const {
  if (verify_) return runtime::Verify::Always;
  if (no_verify_) return runtime::Verify::Never;
  const char* text = std::getenv("LINDEN_VERIFY");
  const std::string_view word = text == nullptr ? "" : text;
  if (word.empty() || word == "files") return runtime::Verify::Files;
  if (word == "always") return runtime::Verify::Always;
  if (word == "never") return runtime::Verify::Never;
  return absl::InvalidArgumentError(
      absl::StrCat("LINDEN_VERIFY=", std::string(word), ": it may be files, always or never"));
}

absl::StatusOr<runtime::LoadOptions> ModuleOptions::load_options() {
  absl::StatusOr<jit::Sfi> sfi = jit::parse_sfi(sfi_);
  if (!sfi.ok()) return sfi.status();
  if (!jit::is_safe(*sfi) && !unsafe_) {
    return absl::InvalidArgumentError(
        absl::StrCat("--sfi ", sfi_, " does not keep the guest from ",
                     *sfi == jit::Sfi::None ? "all" : "reading",
                     " memory of this process; add --unsafe if you trust it"));
  }
  runtime::LoadOptions options;
  if (has_tiers_ && tier_ == "auto") {
    options.is_tiered = true;
    // Named by what it is, not by where it was: it may be replaced while it runs.
    options.compiler = "/proc/self/exe";
  } else {
    absl::StatusOr<jit::Tier> tier = jit::parse_tier(tier_);
    if (!tier.ok()) return tier.status();
    options.tier = *tier;
  }
  options.sfi = *sfi;
  options.strict_traps = strict_traps;
  options.strict_calls = strict_calls_;
  options.tuning = tuning_;
  options.compile_threads = threads_;
  options.dump_directory = dump_directory;
  absl::StatusOr<runtime::Verify> verify = parse_verify();
  if (!verify.ok()) return verify.status();
  options.verify = *verify;
  options.warn = [](const std::string& text) {
    std::fprintf(stderr, "linden: %s\n", text.c_str());
  };
  // Without a compilation there is nothing to dump.
  if (no_cache_ || !dump_directory.empty()) return options;
  absl::StatusOr<std::string> directory = runtime::Cache::default_directory();
  if (directory.ok()) {
    cache_.emplace(*std::move(directory));
    options.cache = &*cache_;
  } else if (verbose) {
    std::fprintf(stderr, "linden: %s\n", std::string(directory.status().message()).c_str());
  }
  return options;
}

absl::StatusOr<std::vector<uint8_t>> read_module(const std::string& path,
                                                 const runtime::LoadOptions& options) {
  absl::StatusOr<std::vector<uint8_t>> bytes = runtime::read_file(path);
  if (!bytes.ok()) return bytes.status();
  if (runtime::is_ahead_of_time(*bytes)) {
    bytes = runtime::module_of_ahead_of_time(*std::move(bytes));
    if (!bytes.ok()) return with_path(path, bytes.status());
    return bytes;
  }
  return assemble_if_text(path, *std::move(bytes), options);
}

absl::StatusOr<LoadedModule> load_module(const std::string& path,
                                         const runtime::LoadOptions& options) {
  absl::StatusOr<std::vector<uint8_t>> bytes = runtime::read_file(path);
  if (!bytes.ok()) return bytes.status();
  LoadedModule result;
  if (runtime::is_ahead_of_time(*bytes)) {
    auto loaded = runtime::load_ahead_of_time(*std::move(bytes), options);
    if (!loaded.ok()) return with_path(path, loaded.status());
    result.module = std::move(loaded->module);
    result.ahead_of_time = true;
    result.recompiled = loaded->recompiled;
    return result;
  }
  bytes = assemble_if_text(path, *std::move(bytes), options);
  if (!bytes.ok()) return bytes.status();
  auto module = runtime::CompiledModule::load(*std::move(bytes), options);
  if (!module.ok()) return with_path(path, module.status());
  result.module = *std::move(module);
  return result;
}

int run_exit_code(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kNotFound:
      return kModuleNotFound;
    case absl::StatusCode::kInvalidArgument:
    case absl::StatusCode::kFailedPrecondition:
    case absl::StatusCode::kPermissionDenied:
    case absl::StatusCode::kUnimplemented:
    case absl::StatusCode::kDataLoss:
      return kModuleNotRunnable;
    default:
      return kRunFailure;
  }
}

void print_error(const char* command, const absl::Status& status) {
  std::fprintf(stderr, "linden %s: %s\n", command, std::string(status.message()).c_str());
}

}  // namespace linden::cli
