// Triangular nests of small loops, over all pairs of a few things:
//
//     for (i = 0; i < 5; i++)
//       for (j = i + 1; j < 5; j++) ...
//
// LLVM unrolls a loop completely if the number of its rounds is a constant: the inner one's is not,
// and the outer one is too large to be unrolled as long as it does not know what comes of it. Of
// all rounds together the addresses are constants, so what one round stores for the next never
// goes by memory, and no jump has to be predicted. This pass tells LLVM to, where all rounds of the
// inner loop together are few.

#include <llvm/Analysis/LoopInfo.h>
#include <llvm/Analysis/ScalarEvolution.h>
#include <llvm/Analysis/ScalarEvolutionExpressions.h>
#include <llvm/Transforms/Utils/LoopUtils.h>

#include "jit/passes/calls.h"
#include "jit/passes/passes.h"

namespace linden::jit {
namespace {

constexpr unsigned kMostOuterRounds = 8;
constexpr uint64_t kMostInnerRounds = 32;
// In instructions of LLVM's, of all rounds of a nest, and of all nests of a function.
constexpr uint64_t kLargest = 2048;
constexpr uint64_t kMostGrowth = 8192;

// The rounds of `inner` in all rounds of `outer` together; 0 if that is no constant, or does not
// depend on the round.
uint64_t inner_rounds(const llvm::Loop& inner, const llvm::Loop& outer, unsigned outer_rounds,
                      llvm::ScalarEvolution& evolution) {
  const auto* taken = llvm::dyn_cast<llvm::SCEVAddRecExpr>(evolution.getBackedgeTakenCount(&inner));
  if (taken == nullptr || taken->getLoop() != &outer || !taken->isAffine()) return 0;
  uint64_t rounds = 0;
  for (unsigned round = 0; round < outer_rounds; ++round) {
    const auto* count = llvm::dyn_cast<llvm::SCEVConstant>(
        taken->evaluateAtIteration(evolution.getConstant(taken->getType(), round), evolution));
    if (count == nullptr) return 0;
    // -1 is that of a round that jumps over the loop.
    if (!count->getAPInt().isAllOnes()) rounds += count->getAPInt().getLimitedValue() + 1;
    if (rounds > kMostInnerRounds) return 0;
  }
  return rounds;
}

}  // namespace

llvm::PreservedAnalyses UnrollNestsPass::run(llvm::Function& function,
                                             llvm::FunctionAnalysisManager& analyses) {
  const llvm::LoopInfo& loops = analyses.getResult<llvm::LoopAnalysis>(function);
  if (loops.empty()) return llvm::PreservedAnalyses::all();
  llvm::ScalarEvolution& evolution = analyses.getResult<llvm::ScalarEvolutionAnalysis>(function);
  uint64_t growth = 0;
  for (llvm::Loop* outer : loops.getLoopsInPreorder()) {
    if (outer->getSubLoops().size() != 1 || !outer->getSubLoops()[0]->isInnermost()) continue;
    llvm::Loop& inner = *outer->getSubLoops()[0];
    const unsigned rounds = evolution.getSmallConstantTripCount(outer);
    if (rounds == 0 || rounds > kMostOuterRounds || has_call(*outer)) continue;
    const uint64_t total = inner_rounds(inner, *outer, rounds, evolution);
    uint64_t inner_size = 0, outer_size = 0;
    for (const llvm::BasicBlock* block : outer->blocks()) {
      (inner.contains(block) ? inner_size : outer_size) += block->size();
    }
    const uint64_t size = inner_size * total + outer_size * rounds;
    if (total == 0 || size > kLargest || growth + size > kMostGrowth) continue;
    growth += size;
    for (llvm::Loop* loop : {outer, &inner}) {
      llvm::addStringMetadataToLoop(loop, "llvm.loop.unroll.full", 1);
    }
  }
  return llvm::PreservedAnalyses::all();
}

}  // namespace linden::jit
