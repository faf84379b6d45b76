// The vectors of wasm have 128 bits. A loop that its producer has vectorised does half of what the
// CPU could do in an instruction; LLVM's loop vectoriser leaves it alone because it has vectors
// already, and its SLP vectoriser joins only what lies side by side in one iteration with nothing
// in between that may alias. This pass makes such loops 256 bits wide.
//
//   what       Innermost loops of one block that contain vectors.
//   how        By concatenation: a value of N lanes becomes one of `unroll` * N lanes, those of
//              so many iterations one after the other. An operation that works lane by lane just
//              gets wider; shuffles do the same in every part; a load or store whose address
//              advances by its size becomes one access of `unroll` times the size. Values of one
//              iteration that belong side by side, because they are stored so, are concatenated
//              too, and then as before: of an unrolled loop the unrolling is undone
//              (widen_vectors_plan.cpp).
//   when       Accesses change places: each instruction is done for `unroll` iterations before the
//              next one. Whether that may be is decided before the loop (widen_vectors_memory.cpp).
//   the rest   The loop remains for what is left over, at least one iteration, and for when the
//              checks fail (widen_vectors_emit.cpp).
//
// Why it is sound: every lane of every operation is computed by the same operations on the same
// values as before, so floats round as they did and NaNs are what they may be; only integer
// reductions are reassociated. No iteration is done that would not have been done.
//
// A trap is still a trap, in the same function. But a wide store that reaches past the end of
// memory writes nothing, while the loop as written would have stored its first half before it
// trapped: then up to `unroll` - 1 iterations' stores before the trap are missing. LLVM's
// vectorisers, which this pass list runs as well, take the same liberty with every loop;
// strict_traps (all accesses are volatile then, and no loop is touched) does not.

#include <llvm/IR/IntrinsicInst.h>
#include <llvm/Transforms/Utils/LoopSimplify.h>

#include "jit/passes/passes.h"
#include "jit/passes/widen_vectors.h"

namespace linden::jit {
namespace {

constexpr unsigned kWideBits = 256;

bool is_candidate(llvm::BasicBlock& block) {
  if (!llvm::is_contained(llvm::successors(&block), &block)) return false;
  bool has_vectors = false;
  for (llvm::Instruction& instruction : block) {
    has_vectors |= instruction.getType()->isVectorTy();
    if (llvm::isa<llvm::CallBase>(instruction) && !llvm::isa<llvm::IntrinsicInst>(instruction)) {
      return false;
    }
  }
  return has_vectors;
}

class LoopWidener {
 public:
  LoopWidener(llvm::Function& function, llvm::FunctionAnalysisManager& analyses)
      : loops_(analyses.getResult<llvm::LoopAnalysis>(function)),
        dominators_(analyses.getResult<llvm::DominatorTreeAnalysis>(function)),
        evolution_(analyses.getResult<llvm::ScalarEvolutionAnalysis>(function)),
        target_(analyses.getResult<llvm::TargetIRAnalysis>(function)) {}

  bool widen(llvm::BasicBlock& block);

 private:
  llvm::LoopInfo& loops_;
  llvm::DominatorTree& dominators_;
  llvm::ScalarEvolution& evolution_;
  llvm::TargetTransformInfo& target_;
};

bool LoopWidener::widen(llvm::BasicBlock& block) {
  llvm::Loop* loop = loops_.getLoopFor(&block);
  if (loop == nullptr || loop->getNumBlocks() != 1 ||
      llvm::getBooleanLoopAttribute(loop, "llvm.loop.isvectorized") ||
      target_.getRegisterBitWidth(llvm::TargetTransformInfo::RGK_FixedWidthVector) < kWideBits) {
    return false;
  }
  bool changed = widen::narrow_operations(block);
  widen::Memory memory;
  if (!memory.collect(*loop, evolution_)) return changed;
  llvm::SmallVector<const llvm::SCEVPredicate*, 4> assumptions;
  const llvm::SCEV* counted = evolution_.getPredicatedBackedgeTakenCount(loop, assumptions);
  if (llvm::isa<llvm::SCEVCouldNotCompute>(counted) ||
      counted->getType()->getIntegerBitWidth() > 64) {
    return changed;
  }
  widen::Plan plan(*loop, evolution_, memory, target_);
  std::vector<widen::Separation> separations;
  if (!plan.build()) return changed;
  const unsigned unroll = plan.choose_unroll(separations);
  const auto* constant = llvm::dyn_cast<llvm::SCEVConstant>(counted);
  if (unroll == 0 || (constant != nullptr && constant->getAPInt().ult(uint64_t{2} * unroll))) {
    return changed;
  }
  // Neighbours of one iteration at known addresses: the SLP vectoriser sees as much, and needs no
  // iteration left over.
  const bool known = llvm::all_of(memory.groups(), [](const widen::Group& group) {
    return llvm::isa<llvm::SCEVConstant>(group.start);
  });
  if (unroll == 1 && known) return changed;
  if (loop->getLoopPreheader() == nullptr) {
    llvm::InsertPreheaderForLoop(loop, &dominators_, &loops_, nullptr, false);
    if (loop->getLoopPreheader() == nullptr) return changed;
    changed = true;
  }
  llvm::Instruction* place = loop->getLoopPreheader()->getTerminator();
  llvm::SCEVExpander expander(evolution_, "widen", /*PreserveLCSSA=*/false);
  if (!expander.isSafeToExpandAt(counted, place) ||
      !llvm::all_of(memory.groups(), [&](const widen::Group& group) {
        return expander.isSafeToExpandAt(group.start, place);
      })) {
    return changed;
  }
  llvm::Value* backedges = expander.expandCodeFor(counted, counted->getType(), place);
  llvm::IRBuilder<> builder(place);
  llvm::Type* word = builder.getInt64Ty();
  backedges = builder.CreateZExt(backedges, word);
  llvm::Value* ok = builder.CreateICmpULE(backedges, builder.getInt64(UINT32_MAX));
  for (const llvm::SCEVPredicate* assumption : assumptions) {
    llvm::Value* broken = expander.expandCodeForPredicate(assumption, place);
    ok = builder.CreateAnd(ok, builder.CreateNot(broken));
  }
  ok = builder.CreateAnd(ok, memory.emit_checks(expander, separations, backedges, place));
  widen::emit_wide_loop(*loop, plan, memory, unroll, backedges, ok, evolution_, loops_,
                        dominators_);
  evolution_.forgetTopmostLoop(loop);
  evolution_.forgetBlockAndLoopDispositions();
  return true;
}

}  // namespace

llvm::PreservedAnalyses WidenVectorsPass::run(llvm::Function& function,
                                              llvm::FunctionAnalysisManager& analyses) {
  llvm::SmallVector<llvm::BasicBlock*, 8> candidates;
  for (llvm::BasicBlock& block : function) {
    if (is_candidate(block)) candidates.push_back(&block);
  }
  if (candidates.empty()) return llvm::PreservedAnalyses::all();
  LoopWidener widener(function, analyses);
  bool changed = false;
  for (llvm::BasicBlock* block : candidates) changed |= widener.widen(*block);
  return changed ? llvm::PreservedAnalyses::none() : llvm::PreservedAnalyses::all();
}

}  // namespace linden::jit
