// The program's side of compiling: what identifies a compilation, and finding the compiler library.

#include "jit/compiler.h"

#include <dlfcn.h>
#include <llvm/ADT/StringExtras.h>
#include <llvm/Config/llvm-config.h>
#include <llvm/Support/BLAKE3.h>

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "jit/build_id.h"
#include "jit/compile_module.h"
#include "jit/cpu_features.h"
#include "jit/layout.h"
#include "jit/lazy_compiler.h"

namespace linden::jit {
namespace {

constexpr Sfi kAllSfi[] = {Sfi::Segment, Sfi::Base,       Sfi::Bounds, Sfi::BoundsStores,
                           Sfi::Mask,    Sfi::MaskStores, Sfi::None};

struct CompilerLibrary {
  CompileModuleFunction* compile = nullptr;
  CreateLazyCompilerFunction* create_lazy = nullptr;
  std::string error;
};

const CompilerLibrary& compiler_library() {
  static const CompilerLibrary library = [] {
    CompilerLibrary result;
    const std::string path = compiler_library_path();
    void* handle = dlopen(path.c_str(), RTLD_LAZY | RTLD_LOCAL);
    if (handle != nullptr) {
      result.compile =
          reinterpret_cast<CompileModuleFunction*>(dlsym(handle, kCompileModuleSymbol));
      result.create_lazy =
          reinterpret_cast<CreateLazyCompilerFunction*>(dlsym(handle, kCreateLazyCompilerSymbol));
    }
    if (result.compile == nullptr) {
      const char* reason = dlerror();
      result.error =
          absl::StrCat("cannot load the compiler ", path, ": ",
                       reason != nullptr ? reason : "unknown reason", " (scripts/build makes it)");
    }
    return result;
  }();
  return library;
}

void add(llvm::BLAKE3& hash, llvm::StringRef text) {
  const uint64_t size = text.size();
  hash.update(llvm::StringRef(reinterpret_cast<const char*>(&size), sizeof size));
  hash.update(text);
}

}  // namespace

const char* to_string(Sfi sfi) {
  switch (sfi) {
    case Sfi::Segment:
      return "segment";
    case Sfi::Base:
      return "base";
    case Sfi::Bounds:
      return "bounds";
    case Sfi::BoundsStores:
      return "bounds-stores";
    case Sfi::Mask:
      return "mask";
    case Sfi::MaskStores:
      return "mask-stores";
    case Sfi::None:
      return "none";
  }
  return "unknown";
}

absl::StatusOr<Sfi> parse_sfi(std::string_view name) {
  for (Sfi sfi : kAllSfi) {
    if (name == to_string(sfi)) return sfi;
  }
  return absl::InvalidArgumentError(
      absl::StrCat("unknown SFI back-end '", std::string(name), "' (", sfi_names(), ")"));
}

std::string sfi_names() {
  std::string names;
  for (Sfi sfi : kAllSfi) absl::StrAppend(&names, names.empty() ? "" : ", ", to_string(sfi));
  return names;
}

bool is_safe(Sfi sfi) {
  return sfi != Sfi::None && sfi != Sfi::BoundsStores && sfi != Sfi::MaskStores;
}

const char* to_string(Tier tier) { return tier == Tier::Fast ? "fast" : "opt"; }

absl::StatusOr<Tier> parse_tier(std::string_view name) {
  if (name == "fast") return Tier::Fast;
  if (name == "opt") return Tier::Optimized;
  return absl::InvalidArgumentError(
      absl::StrCat("unknown tier '", std::string(name), "' (fast or opt)"));
}

std::string compiler_identity(const CompileOptions& options) {
  return absl::StrCat("linden ", compiler_build_id(), " LLVM " LLVM_VERSION_STRING " ",
                      target_cpu(), " ", target_features(), " sfi=", to_string(options.sfi),
                      " tier=", to_string(options.tier), " strict=", options.strict_traps,
                      " strict-calls=", options.strict_calls, " tune=", options.tuning,
                      " context=", options.context_offset);
}

std::string cache_key(std::span<const uint8_t> module_bytes, const CompileOptions& options) {
  llvm::BLAKE3 hash;
  add(hash, compiler_identity(options));
  add(hash,
      llvm::StringRef(reinterpret_cast<const char*>(module_bytes.data()), module_bytes.size()));
  return llvm::toHex(hash.final(), /*LowerCase=*/true);
}

ImageTarget image_target(const Module& module, const CompileOptions& options) {
  ImageTarget target;
#ifdef __x86_64__
  target.architecture = "x86-64";
#else
  target.architecture = "unknown";
#endif
  target.sfi = to_string(options.sfi);
  target.context_offset = options.context_offset;
  target.imported_functions = module.imported_functions;
  target.types = static_cast<uint32_t>(module.types.size());
  target.tables = static_cast<uint32_t>(module.tables.size());
  target.memories = static_cast<uint32_t>(module.memories.size());
  target.tags = static_cast<uint32_t>(module.tags.size());
  for (const Global& global : module.globals) target.globals.push_back(global.type.is_mutable);
  for (const GlobalPlacement& placement : place_globals(module)) {
    if (placement.kind == GlobalPlacement::Kind::Inline) {
      target.inline_globals = std::max(target.inline_globals, placement.slot + 1);
    }
  }
  return target;
}

absl::StatusOr<Image> compile(const Module& module, const CompileOptions& options) {
  const CompilerLibrary& library = compiler_library();
  if (library.compile == nullptr) return absl::NotFoundError(library.error);
  Image image;
  CompileFailure failure{};
  if (!library.compile(module, options, &image, &failure)) {
    return absl::Status(static_cast<absl::StatusCode>(failure.code), failure.message);
  }
  image.target = image_target(module, options);
  return image;
}

absl::StatusOr<std::unique_ptr<LazyCompiler>> create_lazy_compiler(
    std::shared_ptr<const Module> module, const CompileOptions& options) {
  const CompilerLibrary& library = compiler_library();
  if (library.create_lazy == nullptr) return absl::NotFoundError(library.error);
  CompileFailure failure{};
  std::unique_ptr<LazyCompiler> compiler(library.create_lazy(module, options, &failure));
  if (compiler != nullptr) return compiler;
  return absl::Status(static_cast<absl::StatusCode>(failure.code), failure.message);
}

absl::StatusOr<Image> LazyCompiler::compile_function(uint32_t function) const {
  Image image;
  CompileFailure failure{};
  if (compile_into(function, &image, &failure)) return image;
  return absl::Status(static_cast<absl::StatusCode>(failure.code), failure.message);
}

}  // namespace linden::jit
