#include "jit/passes/address_terms.h"

#include <llvm/IR/Constants.h>
#include <llvm/IR/InstrTypes.h>
#include <llvm/IR/Instructions.h>
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

std::optional<IndexedAddress> decompose(llvm::Value* address) {
  IndexedAddress result;
  auto add_constant = [&](llvm::Value* term) {
    const auto* constant = llvm::dyn_cast<llvm::ConstantInt>(term);
    if (constant == nullptr || constant->getValue().getActiveBits() > 33) return false;
    result.offset += constant->getZExtValue();
    return true;
  };
  result.base = visit_address_terms(address, [&](llvm::Value* term) {
    if (add_constant(term)) return true;
    if (auto* sum = llvm::dyn_cast<llvm::BinaryOperator>(term)) {
      if (sum->getOpcode() != llvm::Instruction::Add || !sum->hasNoUnsignedWrap() ||
          !add_constant(sum->getOperand(1))) {
        return false;
      }
      term = sum->getOperand(0);
    }
    auto* extended = llvm::dyn_cast<llvm::ZExtInst>(term);
    if (result.index != nullptr || extended == nullptr || !extended->getSrcTy()->isIntegerTy(32)) {
      return false;
    }
    // Not the extension: passes may have made several of one index.
    result.index = extended->getOperand(0);
    return true;
  });
  if (result.base == nullptr || result.offset >= uint64_t{1} << 34) return std::nullopt;
  return result;
}

}  // namespace linden::jit
