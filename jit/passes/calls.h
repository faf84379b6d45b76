// Which instructions lead out of a function.
#ifndef LINDEN_JIT_PASSES_CALLS_H_
#define LINDEN_JIT_PASSES_CALLS_H_

#include <llvm/Analysis/LoopInfo.h>
#include <llvm/IR/IntrinsicInst.h>

namespace linden::jit {

// Of a function, that is, and not of an intrinsic: it may fork, and take long.
inline bool is_call(const llvm::Instruction& instruction) {
  return llvm::isa<llvm::CallBase>(instruction) && !llvm::isa<llvm::IntrinsicInst>(instruction);
}

inline bool has_call(const llvm::Loop& loop) {
  return llvm::any_of(loop.blocks(),
                      [](const llvm::BasicBlock* block) { return llvm::any_of(*block, is_call); });
}

}  // namespace linden::jit

#endif
