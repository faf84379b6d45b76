// Gives the parser, and through it the compiler and the runtime, every prefix of some modules and
// many copies of them with one byte changed. Each must be refused with a message or run: whatever
// ends or stops the host is a failure.
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "microvisor/linux_host.h"
#include "microvisor/wasi/process.h"
#include "runtime/store.h"
#include "runtime/wasi_imports.h"
#include "tests/fuzz/supervisor.h"

namespace linden::fuzz {
namespace {

using Bytes = std::vector<uint8_t>;

enum Tally : unsigned { Rejected, Unsupported, Unlinkable, Trapped, Completed };

struct Mutation {
  size_t module;
  size_t position;
  int value;  // the new byte; negative: the module ends before `position`
};

Bytes mutate(const std::vector<Bytes>& modules, const Mutation& mutation) {
  Bytes bytes = modules[mutation.module];
  if (mutation.value < 0) {
    bytes.resize(mutation.position);
  } else {
    bytes[mutation.position] = static_cast<uint8_t>(mutation.value);
  }
  return bytes;
}

[[noreturn]] void fail(const std::string& message) {
  std::fprintf(stderr, "%s\n", message.c_str());
  std::fflush(stderr);
  std::_Exit(3);
}

// Imports that are not WASI's: something of the right type, so that more modules get to run.
std::optional<runtime::Extern> make_import(runtime::Store& store, const jit::Module& module,
                                           const jit::Import& import) {
  if (auto wasi = runtime::find_wasi_import(store, import)) return wasi;
  switch (import.kind) {
    case jit::ExternalKind::Function:
      return store.create_function(module.type_of(import.index),
                                   [](auto, auto) { return jit::TrapCode::None; });
    case jit::ExternalKind::Global:
      return store.create_global(module.globals[import.index].type, {});
    case jit::ExternalKind::Memory: {
      auto memory = store.create_memory(module.memories[import.index]);
      if (memory.ok()) return *memory;
      return std::nullopt;
    }
    case jit::ExternalKind::Table: {
      auto table = store.create_table(module.tables[import.index]);
      if (table.ok()) return *table;
      return std::nullopt;
    }
    case jit::ExternalKind::Tag:
      return store.create_tag(module.type_of_tag(import.index));
  }
  return std::nullopt;
}

void tally_trap(const std::optional<runtime::Trap>& trap) {
  if (trap && trap->message().empty()) fail("a trap without a message");
  count(trap ? Trapped : Completed);
}

void run(runtime::Store& store, std::shared_ptr<const runtime::CompiledModule> module) {
  microvisor::LinuxHost host;
  microvisor::wasi::Options options;
  options.inherit_stdio = false;
  std::string message;
  auto process = microvisor::wasi::Process::create(host, std::move(options), &message);
  if (!process.ok()) fail("no WASI process: " + message);
  auto owned = process.take();
  const jit::Module& parsed = module->module();
  set_phase(Phase::Guest);
  auto linked = store.instantiate(
      std::move(module),
      [&](const jit::Import& import) { return make_import(store, parsed, import); },
      [&](runtime::Instance& instance) {
        runtime::attach_wasi_process(instance, *owned);
        // A guest may ask for 4 GiB and touch them; that is not what is tested here.
        if (instance.memory() != nullptr) instance.memory()->set_page_limit(256);
      });
  if (!linked.ok()) {
    if (linked.status().message().empty()) fail("a link error without a message");
    return count(Unlinkable);
  }
  if (linked->trap) return tally_trap(linked->trap);
  for (size_t i = 0; i < parsed.exports.size(); ++i) {
    if (parsed.exports[i].kind != jit::ExternalKind::Function) continue;
    auto* function = std::get<runtime::FunctionReference*>(linked->instance->export_at(i));
    const std::vector<runtime::Value> arguments(function->type->params.size());
    std::vector<runtime::Value> results(function->type->results.size());
    set_phase(Phase::Guest);
    tally_trap(runtime::invoke(function, arguments, results));
  }
}

void run_item(const Bytes& bytes) {
  runtime::LoadOptions options;
  options.compile_threads = 1;
  auto module = runtime::CompiledModule::load(bytes, options);
  if (!module.ok()) {
    if (module.status().message().empty()) fail("rejected without a message");
    if (absl::IsInvalidArgument(module.status())) return count(Rejected);
    if (absl::IsUnimplemented(module.status())) return count(Unsupported);
    fail("an unexpected error: " + module.status().ToString());
  }
  runtime::Store store;
  run(store, *std::move(module));
}

Bytes read(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    std::fprintf(stderr, "parse_fuzz: cannot read %s\n", path.c_str());
    std::exit(2);
  }
  return Bytes(std::istreambuf_iterator<char>(file), {});
}

int main(int argc, char** argv) {
  bool prefixes = false;
  size_t corruptions = 0, stride = 1;
  unsigned seed = 1;
  std::string keep;
  std::vector<Bytes> modules;
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    auto value = [&] { return i + 1 < argc ? std::string(argv[++i]) : std::string(); };
    if (argument == "--prefixes") {
      prefixes = true;
    } else if (argument == "--stride") {
      stride = std::max(1ul, std::strtoul(value().c_str(), nullptr, 10));
    } else if (argument == "--corruptions") {
      corruptions = std::strtoul(value().c_str(), nullptr, 10);
    } else if (argument == "--seed") {
      seed = static_cast<unsigned>(std::strtoul(value().c_str(), nullptr, 10));
    } else if (argument == "--keep") {
      keep = value();
    } else if (argument[0] == '-') {
      std::fprintf(stderr,
                   "usage: parse_fuzz [--prefixes] [--stride N] [--corruptions N] [--seed N]\n"
                   "                  [--keep PREFIX] MODULE...\n"
                   "--stride: only every Nth prefix. --keep: write what fails to PREFIX-N.wasm.\n");
      return 2;
    } else {
      modules.push_back(read(argument));
    }
  }
  std::vector<Mutation> mutations;
  for (size_t m = 0; m < modules.size(); ++m) {
    for (size_t n = 0; prefixes && n < modules[m].size(); n += stride) {
      mutations.push_back({m, n, -1});
    }
  }
  const size_t prefix_count = mutations.size();
  std::mt19937 random(seed);
  for (size_t i = 0; i < corruptions && !modules.empty(); ++i) {
    const size_t m = i % modules.size();
    const size_t position = random() % modules[m].size();
    mutations.push_back(
        {m, position, static_cast<int>(modules[m][position] ^ (1 + random() % 255))});
  }

  SupervisorOptions options;
  options.items = mutations.size();
  const SupervisorResult result = supervise(
      options, [&](uint64_t item) { run_item(mutate(modules, mutations[item])); },
      [&](uint64_t item, const std::string& what) {
        const Mutation& mutation = mutations[item];
        std::printf("FAILED: module %zu, offset 0x%zx, byte %d: %s\n", mutation.module,
                    mutation.position, mutation.value, what.c_str());
        if (keep.empty()) return;
        const Bytes bytes = mutate(modules, mutation);
        std::ofstream(keep + "-" + std::to_string(item) + ".wasm", std::ios::binary)
            .write(reinterpret_cast<const char*>(bytes.data()),
                   static_cast<std::streamsize>(bytes.size()));
      });
  std::printf(
      "%zu prefixes and %zu corruptions of %zu modules: %llu rejected, %llu unsupported, %llu not "
      "linked;\nof the functions called %llu returned, %llu trapped, %llu were stopped; %llu "
      "failures\n",
      prefix_count, mutations.size() - prefix_count, modules.size(),
      static_cast<unsigned long long>(counted(Rejected)),
      static_cast<unsigned long long>(counted(Unsupported)),
      static_cast<unsigned long long>(counted(Unlinkable)),
      static_cast<unsigned long long>(counted(Completed)),
      static_cast<unsigned long long>(counted(Trapped)),
      static_cast<unsigned long long>(result.guest_timeouts),
      static_cast<unsigned long long>(result.failures));
  return result.failures == 0 ? 0 : 1;
}

}  // namespace
}  // namespace linden::fuzz

int main(int argc, char** argv) { return linden::fuzz::main(argc, argv); }
