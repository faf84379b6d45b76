// Compiles the functions of a module one by one, in any order, as they are needed.
//
// They call one another through slots (CompileOptions::function_slots), so that none needs another,
// and whoever has better code for one puts that into its slot.
#ifndef LINDEN_JIT_LAZY_COMPILER_H_
#define LINDEN_JIT_LAZY_COMPILER_H_

#include <memory>
#include <vector>

#include "jit/compiler.h"

namespace linden::jit {

struct CompileFailure;

class LazyCompiler {
 public:
  virtual ~LazyCompiler() = default;

  // Those that a function calls directly, imports included. Functions are ones that the module
  // defines.
  virtual const std::vector<uint32_t>& callees(uint32_t function) const = 0;
  // An image with the one function. As compile(); thread-safe. On a stack of a megabyte at least;
  // large functions take a larger one by themselves.
  absl::StatusOr<Image> compile_function(uint32_t function) const;

 private:
  virtual bool compile_into(uint32_t function, Image* image, CompileFailure* failure) const = 0;
};

// `options` are copied and have function_slots; their tier is Fast.
absl::StatusOr<std::unique_ptr<LazyCompiler>> create_lazy_compiler(
    std::shared_ptr<const Module> module, const CompileOptions& options);

}  // namespace linden::jit

#endif
