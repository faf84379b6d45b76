#include "jit/passes/induction.h"

#include <llvm/Analysis/ScalarEvolutionExpressions.h>

namespace linden::jit {

std::optional<Induction> induction_of(llvm::Value* value, const llvm::Loop& loop,
                                      llvm::ScalarEvolution& evolution) {
  if (!value->getType()->isIntegerTy()) return std::nullopt;
  const auto* recurrence = llvm::dyn_cast<llvm::SCEVAddRecExpr>(evolution.getSCEV(value));
  if (recurrence == nullptr || recurrence->getLoop() != &loop || !recurrence->isAffine()) {
    return std::nullopt;
  }
  const auto* step = llvm::dyn_cast<llvm::SCEVConstant>(recurrence->getStepRecurrence(evolution));
  if (step == nullptr) return std::nullopt;
  return Induction{recurrence->getStart(), step->getAPInt()};
}

}  // namespace linden::jit
