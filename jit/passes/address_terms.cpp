#include "jit/passes/address_terms.h"

#include <llvm/IR/Operator.h>

namespace linden::jit {

llvm::Value* visit_address_terms(llvm::Value* address, llvm::function_ref<bool(llvm::Value*)> add) {
  while (auto* step = llvm::dyn_cast<llvm::GEPOperator>(address)) {
    if (step->getNumIndices() != 1 || !step->getSourceElementType()->isIntegerTy(8)) return nullptr;
    llvm::Value* term = step->getOperand(1);
    if (!term->getType()->isIntegerTy(64) || !add(term)) return nullptr;
    address = step->getPointerOperand();
  }
  return address;
}

}  // namespace linden::jit
