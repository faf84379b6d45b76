// How accesses to linear memory are confined: one small file for each way, chosen per module; its
// name is part of the cache key.
//
// The translator and all passes see one and the same thing whatever the back-end is: pointers of an
// address space of their own that are made of the symbol `__memory` and an effective address (index
// plus offset, below 2^33). What differs comes when passes are done with the IR: confine() visits
// the accesses that are left, as they are left, hoisted, widened or vectorised. So no pass can
// separate an access from what confines it, or make one that nothing confines.
#ifndef LINDEN_JIT_SFI_STRATEGY_H_
#define LINDEN_JIT_SFI_STRATEGY_H_

#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/Module.h>

#include <memory>

#include "absl/status/status.h"
#include "jit/compiler.h"
#include "jit/sfi/base_address.h"

namespace linden::jit {

// The global that stands for the first byte of memory 0 until confine().
inline constexpr char kMemorySymbol[] = "__memory";
// Pointers into linear memory, where the machine has no segment for them.
inline constexpr unsigned kPlainAddressSpace = 1;

class SfiStrategy {
 public:
  explicit SfiStrategy(unsigned address_space) : address_space_(address_space) {}
  virtual ~SfiStrategy() = default;

  // Called once, before any function is translated, with the LLVM module that they go to.
  void prepare(llvm::Module& module);
  // A pointer to byte `effective_address` (i64) of memory 0, in address_space().
  llvm::Value* pointer_to(llvm::IRBuilderBase& builder, llvm::Value* effective_address);
  unsigned address_space() const { return address_space_; }

  // Replaces `__memory` by what the back-end addresses memory with, and confines every access.
  // After it nothing but tidying passes may run. Internal if there is an access of a kind that the
  // back-end does not know: a fault of ours, never of a module.
  virtual absl::Status confine(llvm::Module& module) = 0;
  // Whether confine() leaves code that is worth tidying.
  virtual bool wants_tidying() const { return false; }

 private:
  const unsigned address_space_;
  llvm::GlobalVariable* memory_ = nullptr;
};

// Which accesses a variant confines. Unsafe without the loads: see unsafe variants in docs/sfi.md.
enum class Confined : bool { StoresOnly, All };

std::unique_ptr<SfiStrategy> create_segment_strategy();
std::unique_ptr<SfiStrategy> create_base_strategy();
std::unique_ptr<SfiStrategy> create_bounds_strategy(Confined confined);
std::unique_ptr<SfiStrategy> create_mask_strategy(Confined confined);
std::unique_ptr<SfiStrategy> create_none_strategy();
std::unique_ptr<SfiStrategy> create_strategy(Sfi sfi);

}  // namespace linden::jit

#endif
