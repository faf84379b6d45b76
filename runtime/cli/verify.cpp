// `linden verify`: whether machine code keeps within its sandbox.
#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "runtime/ahead_of_time.h"
#include "runtime/cache.h"
#include "runtime/cli/command.h"
#include "runtime/cli/module_options.h"
#include "runtime/context.h"
#include "runtime/sealed_file.h"
#include "verifier/verifier.h"

namespace linden::cli {
namespace {

using Json = nlohmann::ordered_json;

struct Result {
  std::string file;
  absl::Status status;  // of reading it
  verifier::Verdict verdict;
  double seconds = 0;
};

absl::StatusOr<jit::Image> read_image(const std::string& path) {
  absl::StatusOr<std::vector<uint8_t>> bytes = runtime::read_file(path);
  if (!bytes.ok()) return bytes.status();
  if (runtime::is_ahead_of_time(*bytes)) {
    return runtime::image_of_ahead_of_time(*std::move(bytes));
  }
  return runtime::Cache::read_entry(*std::move(bytes));
}

class Verify : public Command {
 public:
  void declare(CLI::App& app) override {
    app.add_option("FILE", files_, "what `linden compile` wrote, or an entry of the cache")
        ->required();
    app.add_option("-j,--jobs", options_.threads, "threads (default: all processors)");
    app.add_option("--max", options_.max_refusals, "report at most this many refusals of a file")
        ->check(CLI::PositiveNumber);
    app.add_flag("--json", json_, "print JSON");
    app.add_flag("--stats", stats_, "say how much was verified, and how fast");
    app.footer(
        "Proves that code keeps within its sandbox, without trusting the compiler. `linden run` "
        "does\n"
        "so with what it loads from files.\n\n"
        "Exits with 0 if everything was verified, 1 if anything was refused, and 125 if a file\n"
        "could not be read.\n\nExample:\n  linden compile program.wasm && linden verify "
        "program.lindenc");
  }

  int run() override {
    std::vector<Result> results;
    for (const std::string& file : files_) results.push_back(verify(file));
    if (json_) {
      print_json(results);
    } else {
      for (const Result& result : results) print_text(result);
    }
    int code = 0;
    for (const Result& result : results) {
      if (!result.status.ok()) return kRunFailure;
      if (!result.verdict.ok()) code = kFailure;
    }
    return code;
  }

  int usage_error() const override { return kRunFailure; }

 private:
  Result verify(const std::string& file) const {
    Result result{file, absl::OkStatus(), {}, 0};
    absl::StatusOr<jit::Image> image = read_image(file);
    if (!image.ok()) {
      result.status = image.status();
      return result;
    }
    const auto start = std::chrono::steady_clock::now();
    result.verdict = verifier::verify(*image, runtime::context_offset(), options_);
    result.seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    return result;
  }

  void print_text(const Result& result) const {
    if (!result.status.ok()) {
      print_error("verify", result.status);
      return;
    }
    const verifier::Statistics& statistics = result.verdict.statistics;
    for (const verifier::Refusal& refusal : result.verdict.refusals) {
      std::printf("%s: %s\n", result.file.c_str(), verifier::to_string(refusal).c_str());
    }
    if (result.verdict.ok()) {
      std::printf("%s: verified: %llu functions, %llu bytes\n", result.file.c_str(),
                  static_cast<unsigned long long>(statistics.functions),
                  static_cast<unsigned long long>(statistics.bytes));
    }
    if (!stats_) return;
    std::printf(
        "  %llu instructions, %llu accesses to linear memory, %llu visits of blocks\n"
        "  %.3f ms, %.1f MB/s\n",
        static_cast<unsigned long long>(statistics.instructions),
        static_cast<unsigned long long>(statistics.linear_accesses),
        static_cast<unsigned long long>(statistics.block_visits), result.seconds * 1e3,
        static_cast<double>(statistics.bytes) / 1e6 / result.seconds);
  }

  void print_json(const std::vector<Result>& results) const {
    Json json = Json::array();
    for (const Result& result : results) {
      Json item{{"file", result.file}};
      if (!result.status.ok()) {
        item["error"] = std::string(result.status.message());
        json.push_back(std::move(item));
        continue;
      }
      item["verified"] = result.verdict.ok();
      item["functions"] = result.verdict.statistics.functions;
      item["bytes"] = result.verdict.statistics.bytes;
      item["instructions"] = result.verdict.statistics.instructions;
      item["linear_accesses"] = result.verdict.statistics.linear_accesses;
      item["seconds"] = result.seconds;
      item["refusals"] = Json::array();
      for (const verifier::Refusal& refusal : result.verdict.refusals) {
        item["refusals"].push_back({{"rule", verifier::to_string(refusal.rule)},
                                    {"function", refusal.function_index == jit::kNoFunction
                                                     ? Json(nullptr)
                                                     : Json(refusal.function_index)},
                                    {"offset", refusal.offset},
                                    {"instruction", refusal.instruction},
                                    {"reason", refusal.reason},
                                    {"obligation", verifier::explain(refusal.rule)}});
      }
      json.push_back(std::move(item));
    }
    std::puts(json.dump(2, ' ', false, Json::error_handler_t::replace).c_str());
  }

  std::vector<std::string> files_;
  verifier::Options options_{.threads = 0, .max_refusals = 10};
  bool json_ = false;
  bool stats_ = false;
};

}  // namespace

std::unique_ptr<Command> create_verify() { return std::make_unique<Verify>(); }

}  // namespace linden::cli
