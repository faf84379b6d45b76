// The boundary between the program and the compiler library. LLVM is forty megabytes whose start-up
// costs more than running a small program from the cache, so everything that needs it lives in a
// shared library, liblinden-compiler.so beside the executable, which is opened the first time
// something must be compiled.
//
// Both sides are built together from the same headers: the library's build id is part of the cache
// key, and only standard types cross.
#ifndef LINDEN_JIT_COMPILE_MODULE_H_
#define LINDEN_JIT_COMPILE_MODULE_H_

#include <string>

#include "jit/compiler.h"

namespace linden::jit {

class LazyCompiler;

struct CompileFailure {
  int code;  // an absl::StatusCode
  std::string message;
};

// The library's two entry points. True with the image, or false with the failure. Thread-safe.
extern "C" bool linden_compile_module(const Module& module, const CompileOptions& options,
                                      Image* image, CompileFailure* failure);
using CompileModuleFunction = decltype(linden_compile_module);
// Null with the failure.
extern "C" LazyCompiler* linden_create_lazy_compiler(const std::shared_ptr<const Module>& module,
                                                     const CompileOptions& options,
                                                     CompileFailure* failure);
using CreateLazyCompilerFunction = decltype(linden_create_lazy_compiler);
inline constexpr char kCreateLazyCompilerSymbol[] = "linden_create_lazy_compiler";
inline constexpr char kCompileModuleSymbol[] = "linden_compile_module";

}  // namespace linden::jit

#endif
