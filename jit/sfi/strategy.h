// How accesses to linear memory are confined. The translator computes effective addresses (index
// plus offset, below 2^33) and asks the strategy for a pointer; a strategy is one small file,
// chosen per module, and its name is part of the cache key.
#ifndef LINDEN_JIT_SFI_STRATEGY_H_
#define LINDEN_JIT_SFI_STRATEGY_H_

#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/Module.h>

#include <memory>

#include "jit/compiler.h"
#include "jit/sfi/base_address.h"

namespace linden::jit {

// The global that stands for the first byte of memory 0 until finish().
inline constexpr char kMemorySymbol[] = "__memory";

class SfiStrategy {
 public:
  virtual ~SfiStrategy() = default;

  // Called once, before any function is translated, with the LLVM module that they go to.
  virtual void prepare(llvm::Module& module) = 0;
  // A pointer to byte `effective_address` (i64) of memory 0, in address_space().
  virtual llvm::Value* pointer_to(llvm::IRBuilderBase& builder, llvm::Value* effective_address) = 0;
  virtual unsigned address_space() const = 0;
  // The last change to the IR before code generation.
  virtual void finish(llvm::Module& module) = 0;
};

std::unique_ptr<SfiStrategy> create_segment_strategy();
std::unique_ptr<SfiStrategy> create_none_strategy();
std::unique_ptr<SfiStrategy> create_strategy(Sfi sfi);

}  // namespace linden::jit

#endif
