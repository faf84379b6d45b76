// Our own IR passes: what LLVM's do not do, or not for this kind of IR. The pass list of
// optimizer.cpp names them like any other.
//
// All of them run on IR in which linear memory is still the global `__memory` (sfi/strategy.h): its
// addresses are `getelementptr i8, @__memory, zext(i32 index) [+ constant offset]`.
#ifndef LINDEN_JIT_PASSES_PASSES_H_
#define LINDEN_JIT_PASSES_PASSES_H_

#include <llvm/IR/PassManager.h>
#include <llvm/Passes/PassBuilder.h>

namespace linden::jit {

// "linden-wide-multiply": puts 64 x 64 -> 128-bit multiplications together again.
struct WideMultiplyPass : llvm::PassInfoMixin<WideMultiplyPass> {
  llvm::PreservedAnalyses run(llvm::Function& function, llvm::FunctionAnalysisManager& analyses);
};

// "linden-byte-masks": compares rows of bytes by vectors that are compared by words.
struct ByteMasksPass : llvm::PassInfoMixin<ByteMasksPass> {
  llvm::PreservedAnalyses run(llvm::Function& function, llvm::FunctionAnalysisManager& analyses);
};

// "linden-widen-vectors": makes 256-bit operations of loops with 128-bit ones.
struct WidenVectorsPass : llvm::PassInfoMixin<WidenVectorsPass> {
  llvm::PreservedAnalyses run(llvm::Function& function, llvm::FunctionAnalysisManager& analyses);
};

// "linden-search-loops": lets loops that look for something skip what they would not find.
struct SearchLoopsPass : llvm::PassInfoMixin<SearchLoopsPass> {
  llvm::PreservedAnalyses run(llvm::Function& function, llvm::FunctionAnalysisManager& analyses);
};

// "linden-unroll-nests": has small triangular nests of loops unrolled.
struct UnrollNestsPass : llvm::PassInfoMixin<UnrollNestsPass> {
  llvm::PreservedAnalyses run(llvm::Function& function, llvm::FunctionAnalysisManager& analyses);
};

// "linden-float-slp": LLVM's vectoriser of straight-line code, for functions with floating point.
struct FloatSlpPass : llvm::PassInfoMixin<FloatSlpPass> {
  llvm::PreservedAnalyses run(llvm::Function& function, llvm::FunctionAnalysisManager& analyses);
};

// "linden-delayed-addresses": prefetches what goes through an array before it is an address.
struct DelayedAddressesPass : llvm::PassInfoMixin<DelayedAddressesPass> {
  llvm::PreservedAnalyses run(llvm::Function& function, llvm::FunctionAnalysisManager& analyses);
};

// "linden-balance-sums": adds up last what a round of a loop is waiting for.
struct BalanceSumsPass : llvm::PassInfoMixin<BalanceSumsPass> {
  llvm::PreservedAnalyses run(llvm::Function& function, llvm::FunctionAnalysisManager& analyses);
};

// "linden-split-loads": loads by parts what has just been stored by parts.
struct SplitLoadsPass : llvm::PassInfoMixin<SplitLoadsPass> {
  llvm::PreservedAnalyses run(llvm::Function& function, llvm::FunctionAnalysisManager& analyses);
};

// "linden-narrow-addresses": brings addresses into forms that the verifier can prove.
struct NarrowAddressesPass : llvm::PassInfoMixin<NarrowAddressesPass> {
  llvm::PreservedAnalyses run(llvm::Function& function, llvm::FunctionAnalysisManager& analyses);
};

// "linden-keep-checks": puts comparisons back without which the verifier knows no bound. The last
// one.
struct KeepChecksPass : llvm::PassInfoMixin<KeepChecksPass> {
  llvm::PreservedAnalyses run(llvm::Function& function, llvm::FunctionAnalysisManager& analyses);
};

// Makes the names above known to `builder`.
void register_passes(llvm::PassBuilder& builder);

}  // namespace linden::jit

#endif
