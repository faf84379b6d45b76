// Integer reductions: phis that gather what every iteration contributes.

#include "jit/passes/widen_vectors.h"

namespace linden::jit::widen {
namespace {

// What folds the parts of a reduction by `operation`, if it is associative.
llvm::Intrinsic::ID folding_intrinsic(llvm::Instruction& operation) {
  using llvm::Instruction;
  switch (operation.getOpcode()) {
    case Instruction::Add:
    case Instruction::Sub:
      return llvm::Intrinsic::vector_reduce_add;
    case Instruction::Mul:
      return llvm::Intrinsic::vector_reduce_mul;
    case Instruction::And:
      return llvm::Intrinsic::vector_reduce_and;
    case Instruction::Or:
      return llvm::Intrinsic::vector_reduce_or;
    case Instruction::Xor:
      return llvm::Intrinsic::vector_reduce_xor;
    default:
      break;
  }
  auto* call = llvm::dyn_cast<llvm::IntrinsicInst>(&operation);
  switch (call == nullptr ? llvm::Intrinsic::not_intrinsic : call->getIntrinsicID()) {
    case llvm::Intrinsic::umin:
      return llvm::Intrinsic::vector_reduce_umin;
    case llvm::Intrinsic::umax:
      return llvm::Intrinsic::vector_reduce_umax;
    case llvm::Intrinsic::smin:
      return llvm::Intrinsic::vector_reduce_smin;
    case llvm::Intrinsic::smax:
      return llvm::Intrinsic::vector_reduce_smax;
    default:
      return llvm::Intrinsic::not_intrinsic;
  }
}

}  // namespace

std::optional<Reduction> reduction_of(llvm::PHINode& phi, llvm::Loop& loop) {
  using llvm::Instruction;
  if (!phi.getType()->isIntOrIntVectorTy()) return std::nullopt;
  llvm::Value* latch = phi.getIncomingValueForBlock(loop.getLoopLatch());
  Reduction reduction{llvm::Intrinsic::not_intrinsic, {}};
  for (llvm::Value* partial = &phi; partial != latch;) {
    Instruction* next = nullptr;
    for (llvm::Use& use : partial->uses()) {
      auto* user = llvm::cast<Instruction>(use.getUser());
      if (!loop.contains(user)) continue;
      // x - partial is no reduction.
      const bool is_subtrahend = user->getOpcode() == Instruction::Sub && use.getOperandNo() != 0;
      if (next != nullptr || is_subtrahend) return std::nullopt;
      next = user;
    }
    if (next == nullptr) return std::nullopt;
    const llvm::Intrinsic::ID id = folding_intrinsic(*next);
    if (id == llvm::Intrinsic::not_intrinsic ||
        (!reduction.operations.empty() && id != reduction.intrinsic)) {
      return std::nullopt;
    }
    reduction.intrinsic = id;
    reduction.operations.push_back(next);
    partial = next;
  }
  // The last partial value only goes round.
  for (llvm::User* user : latch->users()) {
    auto* instruction = llvm::cast<Instruction>(user);
    if (instruction != &phi && loop.contains(instruction)) return std::nullopt;
  }
  if (reduction.operations.empty()) return std::nullopt;
  return reduction;
}

}  // namespace linden::jit::widen
