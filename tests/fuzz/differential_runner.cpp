// Runs modules that binaryen made up, and writes beside each FILE.wasm what it did to FILE.result,
// for differential_compare.js to compare with another engine:
//
//   invalid                       or: unlinkable, start TRAP
//   log VALUE...                  a call of an import
//   call NAME PARAMETERS -> RESULTS: VALUE... | trap TRAP
//   memory HASH
//
// --relaxed-traps compiles as `linden run` does, so that what optimises memory accesses is tested,
// too.
//
// Values are the bits of the wasm value in hexadecimal. PARAMETERS and RESULTS are types joined by
// commas, or "-".
#include <algorithm>
#include <cinttypes>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "runtime/store.h"
#include "tests/fuzz/supervisor.h"

namespace linden::fuzz {
namespace {

using jit::ValueType;

std::string to_text(ValueType type, const runtime::Value& value) {
  char text[40];
  switch (type) {
    case ValueType::I32:
    case ValueType::F32:
      std::snprintf(text, sizeof text, "%08" PRIx64, value.low & 0xffff'ffff);
      break;
    case ValueType::V128:
      std::snprintf(text, sizeof text, "%016" PRIx64 "%016" PRIx64, value.high, value.low);
      break;
    case ValueType::FuncRef:
    case ValueType::ExternRef:
      return value.low == 0 ? "null" : "reference";
    default:
      std::snprintf(text, sizeof text, "%016" PRIx64, value.low);
  }
  return text;
}

std::string types_to_text(const std::vector<ValueType>& types) {
  std::string text;
  for (ValueType type : types) text += (text.empty() ? "" : ",") + std::string(to_string(type));
  return text.empty() ? "-" : text;
}

bool has_vectors(const jit::FunctionType& type) {
  auto is_vector = [](ValueType value) { return value == ValueType::V128; };
  return std::any_of(type.params.begin(), type.params.end(), is_vector) ||
         std::any_of(type.results.begin(), type.results.end(), is_vector);
}

class Run {
 public:
  Run(std::FILE* output, bool relaxed_traps) : output_(output), relaxed_traps_(relaxed_traps) {}

  void run(const std::vector<uint8_t>& bytes) {
    runtime::LoadOptions options;
    options.compile_threads = 1;
    options.strict_traps = !relaxed_traps_;  // the other engine keeps every load
    auto module = runtime::CompiledModule::load(bytes, options);
    if (!module.ok()) {
      std::fprintf(output_, "invalid %s\n", std::string(module.status().message()).c_str());
      return;
    }
    const jit::Module& parsed = (*module)->module();
    set_phase(Phase::Guest);
    auto linked = store_.instantiate(
        *module, [&](const jit::Import& import) { return resolve(parsed, import); });
    if (!linked.ok()) {
      std::fprintf(output_, "unlinkable %s\n", std::string(linked.status().message()).c_str());
      return;
    }
    if (linked->trap) {
      std::fprintf(output_, "start %s\n", jit::to_string(linked->trap->code));
      return;
    }
    call_all(*linked->instance);
  }

 private:
  std::optional<runtime::Extern> resolve(const jit::Module& module, const jit::Import& import) {
    if (import.kind != jit::ExternalKind::Function) return std::nullopt;
    const jit::FunctionType& type = module.type_of(import.index);
    return store_.create_function(type, [this, type](auto arguments, auto) {
      std::fputs("log", output_);
      for (size_t i = 0; i < arguments.size(); ++i) {
        std::fprintf(output_, " %s:%s", jit::to_string(type.params[i]),
                     to_text(type.params[i], arguments[i]).c_str());
      }
      std::fputs("\n", output_);
      return jit::TrapCode::None;
    });
  }

  void call_all(runtime::Instance& instance) {
    // Binaryen makes every loop and call count down from what this resets, so all calls end.
    runtime::FunctionReference* reset = nullptr;
    if (auto item = instance.find_export("hangLimitInitializer")) {
      reset = std::get<runtime::FunctionReference*>(*item);
    }
    const std::vector<jit::Export>& exports = instance.module().exports;
    for (size_t i = 0; i < exports.size(); ++i) {
      if (exports[i].kind != jit::ExternalKind::Function) continue;
      auto* function = std::get<runtime::FunctionReference*>(instance.export_at(i));
      if (has_vectors(*function->type)) continue;  // not callable from JavaScript
      if (reset != nullptr) runtime::invoke(reset, {}, {});
      call(exports[i].name, function);
    }
    if (runtime::Memory* memory = instance.memory()) hash(*memory);
  }

  void call(const std::string& name, runtime::FunctionReference* function) {
    const jit::FunctionType& type = *function->type;
    const std::vector<runtime::Value> arguments(type.params.size());
    std::vector<runtime::Value> results(type.results.size());
    set_phase(Phase::Guest);
    const std::optional<runtime::Trap> trap = runtime::invoke(function, arguments, results);
    std::fprintf(output_, "call %s %s -> %s:", name.c_str(), types_to_text(type.params).c_str(),
                 types_to_text(type.results).c_str());
    if (trap) std::fprintf(output_, " trap %s", jit::to_string(trap->code));
    for (size_t i = 0; !trap && i < results.size(); ++i) {
      std::fprintf(output_, " %s", to_text(type.results[i], results[i]).c_str());
    }
    std::fputs("\n", output_);
  }

  // FNV-1a over the 32-bit words.
  void hash(const runtime::Memory& memory) {
    uint32_t hash = 2166136261u;
    for (uint64_t i = 0; i < memory.size().load(); i += 4) {
      uint32_t word;
      std::memcpy(&word, memory.base() + i, 4);
      hash = (hash ^ word) * 16777619u;
    }
    std::fprintf(output_, "memory %08x\n", hash);
  }

  std::FILE* output_;
  bool relaxed_traps_;
  runtime::Store store_;
};

int main(int argc, char** argv) {
  std::vector<std::string> files(argv + 1, argv + argc);
  const bool relaxed_traps = !files.empty() && files[0] == "--relaxed-traps";
  if (relaxed_traps) files.erase(files.begin());
  if (files.empty()) {
    std::fprintf(stderr, "usage: differential_runner [--relaxed-traps] FILE.wasm...\n");
    return 2;
  }
  SupervisorOptions options;
  options.items = files.size();
  options.guest_seconds = 10;
  const SupervisorResult result = supervise(
      options,
      [&](uint64_t item) {
        std::ifstream file(files[item], std::ios::binary);
        const std::vector<uint8_t> bytes(std::istreambuf_iterator<char>(file), {});
        std::string name = files[item];
        if (name.ends_with(".wasm")) name.resize(name.size() - 5);
        std::FILE* output = std::fopen((name + ".result").c_str(), "w");
        if (output == nullptr) std::exit(2);
        std::setvbuf(output, nullptr, _IOLBF, 0);  // what a crash leaves tells how far it got
        Run(output, relaxed_traps).run(bytes);
        std::fclose(output);
      },
      [&](uint64_t item, const std::string& what) {
        std::printf("FAILED: %s: %s\n", files[item].c_str(), what.c_str());
      });
  if (result.guest_timeouts != 0) {
    std::printf("%llu modules did not end\n",
                static_cast<unsigned long long>(result.guest_timeouts));
  }
  return result.failures == 0 && result.guest_timeouts == 0 ? 0 : 1;
}

}  // namespace
}  // namespace linden::fuzz

int main(int argc, char** argv) { return linden::fuzz::main(argc, argv); }
