// The pipeline: scan and plan the module; then, part by part and in parallel, translate, optimise,
// generate code; then link.

#include "jit/compile_module.h"

#include <llvm/IR/LegacyPassManager.h>
#include <llvm/IR/Verifier.h>
#include <llvm/Support/FileSystem.h>
#include <llvm/Support/raw_ostream.h>
#include <llvm/Support/thread.h>

#include <atomic>
#include <functional>
#include <mutex>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "jit/compile_plan.h"
#include "jit/function_scan.h"
#include "jit/lazy_compiler.h"
#include "jit/linker.h"
#include "jit/machine_passes.h"
#include "jit/module_translator.h"
#include "jit/optimizer.h"
#include "jit/replacements.h"
#include "jit/target.h"

namespace linden::jit {
namespace {

// LLVM recurses over long chains of values.
constexpr unsigned kCompileStack = 256u << 20;

void dump(const std::string& directory, uint32_t part, const char* extension,
          llvm::function_ref<void(llvm::raw_ostream&)> write) {
  std::error_code error;
  llvm::raw_fd_ostream out(absl::StrCat(directory, "/part", part, extension), error);
  if (!error) write(out);
}

absl::StatusOr<ObjectPart> compile_part(const Module& module, const ModuleScan& scan,
                                        const CompilePlan& plan, uint32_t part,
                                        const CompileOptions& options) {
  absl::StatusOr<std::unique_ptr<llvm::TargetMachine>> machine =
      create_target_machine(options.tier);
  if (!machine.ok()) return machine.status();
  llvm::LLVMContext context;
  absl::StatusOr<std::string> tuning = tuning_of(**machine, options.tuning);
  if (!tuning.ok()) return tuning.status();
  ModuleTranslator translator(module, scan, plan, part, options, context, target_cpu(),
                              target_features(), *tuning, (*machine)->createDataLayout());
  std::unique_ptr<llvm::Module> ir = translator.translate();
  ir->setTargetTriple((*machine)->getTargetTriple());
#ifndef NDEBUG
  std::string broken;
  llvm::raw_string_ostream broken_stream(broken);
  if (llvm::verifyModule(*ir, &broken_stream)) {
    return absl::InternalError(absl::StrCat("translation is not valid IR: ", broken));
  }
#endif
  const std::string& dump_directory = options.dump_directory;
  if (!dump_directory.empty()) {
    dump(dump_directory, part, ".raw.ll", [&](llvm::raw_ostream& out) { out << *ir; });
  }
  optimize(*ir, **machine, options.tier);
  absl::Status finished =
      finish_ir(*ir, **machine, options.tier, translator.sfi(), options.context_offset);
  if (!finished.ok()) return finished;
  if (!dump_directory.empty()) {
    dump(dump_directory, part, ".ll", [&](llvm::raw_ostream& out) { out << *ir; });
  }

  ObjectPart result;
  result.replacements = find_replacements(*ir, translator);
  MachinePassScope scope(result.frames, options.context_offset);
  llvm::raw_svector_ostream stream(result.object);
  llvm::legacy::PassManager passes;
  if ((*machine)->addPassesToEmitFile(passes, stream, nullptr, llvm::CodeGenFileType::ObjectFile)) {
    return absl::InternalError("LLVM cannot write object files for this machine");
  }
  passes.run(*ir);
  if (!dump_directory.empty()) {
    dump(dump_directory, part, ".o",
         [&](llvm::raw_ostream& out) { out.write(result.object.data(), result.object.size()); });
  }
  if (!result.frames.violations.empty()) {
    return absl::ResourceExhaustedError(
        absl::StrCat("function ", absl::StrJoin(result.frames.violations, "; function ")));
  }
  return result;
}

// The fast tier keeps every value on the stack, so its frames can get larger than the guard page
// allows.
absl::StatusOr<ObjectPart> compile_part_somehow(const Module& module, const ModuleScan& scan,
                                                const CompilePlan& plan, uint32_t part,
                                                const CompileOptions& options) {
  absl::StatusOr<ObjectPart> result = compile_part(module, scan, plan, part, options);
  if (options.tier != Tier::Fast || !absl::IsResourceExhausted(result.status())) return result;
  CompileOptions again = options;
  again.tier = Tier::Optimized;
  return compile_part(module, scan, plan, part, again);
}

void run_on_large_stack(std::function<void()> work) {
  llvm::thread(std::optional<unsigned>(kCompileStack), std::move(work)).join();
}

class FunctionByFunction final : public LazyCompiler {
 public:
  FunctionByFunction(std::shared_ptr<const Module> module, ModuleScan scan,
                     const CompileOptions& options)
      : module_(std::move(module)),
        scan_(std::move(scan)),
        plan_(make_lazy_plan(*module_)),
        options_(options) {}

  const std::vector<uint32_t>& callees(uint32_t function) const override {
    return scan_.functions[function - module_->imported_functions].callees;
  }

 private:
  bool compile_into(uint32_t function, Image* image, CompileFailure* failure) const override {
    absl::StatusOr<Image> result = absl::UnknownError("not compiled");
    auto work = [&] {
      std::vector<ObjectPart> parts(1);
      auto object = compile_part_somehow(*module_, scan_, plan_, plan_.part_of[function], options_);
      if (!object.ok()) {
        result = object.status();
        return;
      }
      parts[0] = *std::move(object);
      result = link(*module_, std::move(parts));
    };
    // One of a few kilobytes has no chains of values on which LLVM could recurse far.
    if (module_->functions[function].body_size > kSmallFunction) {
      run_on_large_stack(work);
    } else {
      work();
    }
    if (result.ok()) {
      *image = *std::move(result);
      return true;
    }
    *failure = {static_cast<int>(result.status().code()), std::string(result.status().message())};
    return false;
  }

  static constexpr uint64_t kSmallFunction = 16 << 10;

  const std::shared_ptr<const Module> module_;
  const ModuleScan scan_;
  const CompilePlan plan_;
  const CompileOptions options_;
};

}  // namespace

static absl::StatusOr<Image> compile_parts(const Module& module, const CompileOptions& options) {
  absl::StatusOr<ModuleScan> scanned = scan(module);
  if (!scanned.ok()) return scanned.status();
  const CompilePlan plan = make_plan(module, *scanned);

  const uint32_t count = static_cast<uint32_t>(plan.parts.size());
  std::vector<absl::StatusOr<ObjectPart>> results(count, absl::UnknownError("not compiled"));
  std::atomic<uint32_t> next{0}, done{0};
  auto work = [&] {
    for (uint32_t part = next++; part < count; part = next++) {
      results[part] = compile_part_somehow(module, *scanned, plan, part, options);
      if (options.progress) options.progress(static_cast<double>(++done) / count);
    }
  };
  unsigned threads = options.threads != 0 ? options.threads : std::thread::hardware_concurrency();
  threads = std::clamp(threads, 1u, count);
  std::vector<llvm::thread> workers;
  for (unsigned i = 0; i < threads; ++i) {
    workers.emplace_back(std::optional<unsigned>(kCompileStack), work);
  }
  for (llvm::thread& worker : workers) worker.join();

  std::vector<ObjectPart> parts;
  for (auto& result : results) {
    if (!result.ok()) return result.status();
    parts.push_back(std::move(*result));
  }
  return link(module, std::move(parts));
}

extern "C" __attribute__((visibility("default"))) bool linden_compile_module(
    const Module& module, const CompileOptions& options, Image* image, CompileFailure* failure) {
  absl::StatusOr<Image> result = compile_parts(module, options);
  if (result.ok()) {
    *image = *std::move(result);
    return true;
  }
  *failure = {static_cast<int>(result.status().code()), std::string(result.status().message())};
  return false;
}

extern "C" __attribute__((visibility("default"))) LazyCompiler* linden_create_lazy_compiler(
    const std::shared_ptr<const Module>& module, const CompileOptions& options,
    CompileFailure* failure) {
  absl::StatusOr<ModuleScan> scanned = scan(*module);
  if (scanned.ok()) return new FunctionByFunction(module, *std::move(scanned), options);
  *failure = {static_cast<int>(scanned.status().code()), std::string(scanned.status().message())};
  return nullptr;
}

}  // namespace linden::jit
