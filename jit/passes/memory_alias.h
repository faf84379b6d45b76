// What is known of two addresses in linear memory that LLVM cannot tell apart.
#ifndef LINDEN_JIT_PASSES_MEMORY_ALIAS_H_
#define LINDEN_JIT_PASSES_MEMORY_ALIAS_H_

#include <llvm/Analysis/AliasAnalysis.h>
#include <llvm/IR/PassManager.h>

namespace linden::jit {

// Stateless, so never out of date.
class MemoryAliasResult : public llvm::AAResultBase {
 public:
  llvm::AliasResult alias(const llvm::MemoryLocation& a, const llvm::MemoryLocation& b,
                          llvm::AAQueryInfo& query, const llvm::Instruction* context);
  bool invalidate(llvm::Function&, const llvm::PreservedAnalyses&,
                  llvm::FunctionAnalysisManager::Invalidator&) {
    return false;
  }
};

class MemoryAliasAnalysis : public llvm::AnalysisInfoMixin<MemoryAliasAnalysis> {
 public:
  using Result = MemoryAliasResult;
  Result run(llvm::Function&, llvm::FunctionAnalysisManager&) { return Result(); }

 private:
  friend llvm::AnalysisInfoMixin<MemoryAliasAnalysis>;
  static llvm::AnalysisKey Key;
};

}  // namespace linden::jit

#endif
