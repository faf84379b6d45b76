// `linden inspect`: what a module imports, exports and needs.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <span>

#include "runtime/cli/command.h"
#include "runtime/cli/module_options.h"
#include "runtime/cli/progress.h"
#include "runtime/wast/text.h"

namespace linden::cli {
namespace {

// Object keys in the order in which they are added.
using Json = nlohmann::ordered_json;

Json describe_limits(const jit::Limits& limits) {
  Json json{{"minimum", limits.initial}};
  json["maximum"] = limits.has_maximum ? Json(limits.maximum) : Json(nullptr);
  if (limits.shared) json["shared"] = true;
  return json;
}

std::string limits_text(const jit::Limits& limits) {
  std::string text = std::to_string(limits.initial);
  if (limits.has_maximum) text += ".." + std::to_string(limits.maximum);
  if (limits.shared) text += " shared";
  return text;
}

std::string type_text(const jit::Module& module, jit::ExternalKind kind, uint32_t index) {
  switch (kind) {
    case jit::ExternalKind::Function:
      return jit::to_string(module.type_of(index));
    case jit::ExternalKind::Table:
      return limits_text(module.tables[index].limits) + " " +
             std::string(jit::to_string(module.tables[index].element));
    case jit::ExternalKind::Memory:
      return limits_text(module.memories[index]) + " pages";
    case jit::ExternalKind::Global:
      return std::string(module.globals[index].type.is_mutable ? "mut " : "") +
             std::string(jit::to_string(module.globals[index].type.type));
    case jit::ExternalKind::Tag:
      return jit::to_string(module.type_of_tag(index));
  }
  return "";
}

struct Section {
  std::string name;
  uint64_t offset;
  uint64_t size;
};

bool read_leb(std::span<const uint8_t> bytes, size_t& position, uint32_t& value) {
  value = 0;
  for (int shift = 0; shift < 35 && position < bytes.size(); shift += 7) {
    uint8_t byte = bytes[position++];
    value |= static_cast<uint32_t>(byte & 0x7f) << shift;
    if ((byte & 0x80) == 0) return true;
  }
  return false;
}

// The module has been parsed, so the checks are for the sake of this function alone.
std::vector<Section> sections_of(std::span<const uint8_t> bytes) {
  static constexpr const char* kNames[] = {"custom", "type",   "import",     "function", "table",
                                           "memory", "global", "export",     "start",    "element",
                                           "code",   "data",   "data count", "tag"};
  std::vector<Section> sections;
  size_t position = 8;
  while (position < bytes.size()) {
    uint8_t id = bytes[position++];
    uint32_t size = 0;
    if (!read_leb(bytes, position, size) || size > bytes.size() - position) break;
    std::string name = id < std::size(kNames) ? kNames[id] : "unknown";
    if (id == 0) {
      size_t start = position;
      uint32_t length = 0;
      if (read_leb(bytes, start, length) && length <= bytes.size() - start) {
        name = "custom \"" +
               std::string(bytes.begin() + static_cast<ptrdiff_t>(start),
                           bytes.begin() + static_cast<ptrdiff_t>(start + length)) +
               "\"";
      }
    }
    sections.push_back({name, position, size});
    position += size;
  }
  return sections;
}

class Inspect : public Command {
 public:
  void declare(CLI::App& app) override {
    app.add_option("MODULE", module_, "the module: binary, text or compiled ahead of time")
        ->required();
    app.add_flag("--json", json_, "print JSON");
    app.add_flag("--no-compile", no_compile_, "do not find out the size of the machine code");
    options_.declare_sfi(app);
    options_.declare_tier(app);
    options_.declare_jobs(app);
    options_.declare_cache(app);
    app.footer("Example:\n  linden inspect --json program.wasm | jq .imports");
  }

  int run() override {
    absl::StatusOr<runtime::LoadOptions> options = options_.load_options();
    if (!options.ok()) return fail(options.status(), kUsageError);
    absl::StatusOr<std::vector<uint8_t>> bytes = read_module(module_, *options);
    if (!bytes.ok()) return fail(bytes.status(), kFailure);

    std::optional<uint64_t> code_size;
    std::shared_ptr<const jit::Module> module;
    if (!no_compile_) {
      Progress progress("compiling " + module_);
      options->progress = progress.callback();
      auto compiled = runtime::CompiledModule::load(*bytes, *options);
      progress.finish();
      if (!compiled.ok()) return fail(compiled.status(), kFailure);
      code_size = (*compiled)->statistics().code_size;
    }
    auto parsed = jit::parse(*std::move(bytes), options->features);
    if (!parsed.ok()) return fail(parsed.status(), kFailure);
    std::vector<std::string> features = runtime::features_used((*parsed)->bytes);
    if (json_) {
      print_json(**parsed, features, code_size);
    } else {
      print_text(**parsed, features, code_size);
    }
    return 0;
  }

 private:
  int fail(const absl::Status& status, int code) const {
    print_error("inspect", status);
    return code;
  }

  void print_json(const jit::Module& module, const std::vector<std::string>& features,
                  std::optional<uint64_t> code_size) const {
    Json json;
    json["module"] = module_;
    json["size"] = module.bytes.size();
    json["code_size"] = code_size ? Json(*code_size) : Json(nullptr);
    json["functions"] = module.functions.size();
    json["imported_functions"] = module.imported_functions;
    json["features"] = features;
    json["imports"] = Json::array();
    for (const jit::Import& import : module.imports) {
      json["imports"].push_back({{"module", import.module},
                                 {"name", import.name},
                                 {"kind", jit::to_string(import.kind)},
                                 {"type", type_text(module, import.kind, import.index)}});
    }
    json["exports"] = Json::array();
    for (const jit::Export& item : module.exports) {
      json["exports"].push_back({{"name", item.name},
                                 {"kind", jit::to_string(item.kind)},
                                 {"type", type_text(module, item.kind, item.index)}});
    }
    json["memories"] = Json::array();
    for (const jit::Limits& memory : module.memories) {
      json["memories"].push_back(describe_limits(memory));
    }
    json["tables"] = Json::array();
    for (const jit::TableType& table : module.tables) {
      Json item = describe_limits(table.limits);
      item["type"] = jit::to_string(table.element);
      json["tables"].push_back(std::move(item));
    }
    json["globals"] = module.globals.size();
    json["tags"] = module.tags.size();
    json["sections"] = Json::array();
    for (const Section& section : sections_of(module.bytes)) {
      json["sections"].push_back(
          {{"name", section.name}, {"offset", section.offset}, {"size", section.size}});
    }
    // Names in modules are UTF-8, which the parser has checked; a damaged custom name is replaced.
    std::puts(json.dump(2, ' ', false, Json::error_handler_t::replace).c_str());
  }

  void print_text(const jit::Module& module, const std::vector<std::string>& features,
                  std::optional<uint64_t> code_size) const {
    std::printf("%s: %zu bytes", module_.c_str(), module.bytes.size());
    if (code_size) {
      std::printf(", %llu bytes of machine code", static_cast<unsigned long long>(*code_size));
    }
    std::printf("\nfunctions: %zu (%u imported)\nfeatures:", module.functions.size(),
                module.imported_functions);
    for (const std::string& feature : features) std::printf(" %s", feature.c_str());
    std::printf("\n");
    for (const jit::Limits& memory : module.memories) {
      std::printf("memory: %s pages\n", limits_text(memory).c_str());
    }
    for (const jit::TableType& table : module.tables) {
      std::printf("table: %s %s\n", limits_text(table.limits).c_str(),
                  std::string(jit::to_string(table.element)).c_str());
    }
    if (!module.tags.empty()) std::printf("tags: %zu\n", module.tags.size());
    std::printf("imports: %zu\n", module.imports.size());
    for (const jit::Import& import : module.imports) {
      std::printf("  %s.%s: %s %s\n", import.module.c_str(), import.name.c_str(),
                  std::string(jit::to_string(import.kind)).c_str(),
                  type_text(module, import.kind, import.index).c_str());
    }
    std::printf("exports: %zu\n", module.exports.size());
    for (const jit::Export& item : module.exports) {
      std::printf("  %s: %s %s\n", item.name.c_str(),
                  std::string(jit::to_string(item.kind)).c_str(),
                  type_text(module, item.kind, item.index).c_str());
    }
    std::printf("sections:\n");
    for (const Section& section : sections_of(module.bytes)) {
      std::printf("  %8llu %8llu  %s\n", static_cast<unsigned long long>(section.offset),
                  static_cast<unsigned long long>(section.size), section.name.c_str());
    }
  }

  std::string module_;
  bool json_ = false;
  bool no_compile_ = false;
  ModuleOptions options_;
};

}  // namespace

std::unique_ptr<Command> create_inspect() { return std::make_unique<Inspect>(); }

}  // namespace linden::cli
