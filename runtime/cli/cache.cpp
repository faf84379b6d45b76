// `linden cache`: looks after the cache of compiled modules.
#include "runtime/cache.h"

#include <time.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "runtime/cli/command.h"
#include "runtime/cli/module_options.h"

namespace linden::cli {
namespace {

class CacheCommand : public Command {
 public:
  void declare(CLI::App& app) override {
    app.add_option("ACTION", action_, "list, clear or path")
        ->required()
        ->check(CLI::IsMember({"list", "clear", "path"}));
    app.add_flag("--json", json_, "print JSON");
    app.footer(
        "The cache is $LINDEN_CACHE_DIR, or $XDG_CACHE_HOME/linden, or ~/.cache/linden. It is "
        "kept\n"
        "below $LINDEN_CACHE_SIZE (1G by default) by removing what was not used for the longest "
        "time.\n\n"
        "Examples:\n  linden cache list\n  linden cache clear");
  }

  int run() override {
    absl::StatusOr<std::string> directory = runtime::Cache::default_directory();
    if (!directory.ok()) return fail(directory.status());
    runtime::Cache cache(*directory);
    if (action_ == "path") return path(cache);
    return action_ == "clear" ? clear(cache) : list(cache);
  }

 private:
  static int fail(const absl::Status& status) {
    print_error("cache", status);
    return kFailure;
  }

  int path(const runtime::Cache& cache) const {
    if (json_) {
      print(nlohmann::json{{"directory", cache.directory()}});
    } else {
      std::puts(cache.directory().c_str());
    }
    return 0;
  }

  int clear(const runtime::Cache& cache) const {
    absl::StatusOr<uint64_t> freed = cache.clear();
    if (!freed.ok()) return fail(freed.status());
    if (json_) {
      print(nlohmann::json{{"directory", cache.directory()}, {"freed_bytes", *freed}});
    } else {
      std::printf("freed %llu bytes in %s\n", static_cast<unsigned long long>(*freed),
                  cache.directory().c_str());
    }
    return 0;
  }

  int list(const runtime::Cache& cache) const {
    auto entries = cache.list();
    if (!entries.ok()) return fail(entries.status());
    uint64_t total = 0;
    for (const auto& entry : *entries) total += entry.size;
    if (json_) {
      nlohmann::json items = nlohmann::json::array();
      for (const auto& entry : *entries) {
        items.push_back({{"key", entry.key}, {"size", entry.size}, {"last_used", entry.last_used}});
      }
      print(nlohmann::json{{"directory", cache.directory()},
                           {"maximum_size", cache.maximum_size()},
                           {"size", total},
                           {"entries", std::move(items)}});
      return 0;
    }
    for (const auto& entry : *entries) {
      time_t seconds = static_cast<time_t>(entry.last_used);
      tm local{};
      ::localtime_r(&seconds, &local);
      char used[32] = "";
      std::strftime(used, sizeof used, "%Y-%m-%d %H:%M:%S", &local);
      std::printf("%s  %10llu  %s\n", used, static_cast<unsigned long long>(entry.size),
                  entry.key.c_str());
    }
    std::printf("%zu entries, %llu of %llu bytes in %s\n", entries->size(),
                static_cast<unsigned long long>(total),
                static_cast<unsigned long long>(cache.maximum_size()), cache.directory().c_str());
    return 0;
  }

  static void print(const nlohmann::json& json) { std::puts(json.dump(2).c_str()); }

  std::string action_;
  bool json_ = false;
};

}  // namespace

std::unique_ptr<Command> create_cache() { return std::make_unique<CacheCommand>(); }

}  // namespace linden::cli
