// The optimiser changes functions that only the part itself calls together with their callers:
// parameters and results go that nobody needs. Such a function is of no use to a caller that was
// compiled elsewhere. What it has found out about a function's arguments, on the other hand, is
// true of all calls, wherever they are, because all calls of the module were seen.
//
// A function that was inlined everywhere is no longer there, and cannot be a replacement either.

#include "jit/replacements.h"

#include <llvm/IR/Instructions.h>

namespace linden::jit {
namespace {

// Whether a result, or a part of one, was dropped: interprocedural passes return poison where all
// callers know the result, or none wants it.
bool returns_nothing(const llvm::Function& function) {
  for (const llvm::BasicBlock& block : function) {
    const auto* exit = llvm::dyn_cast<llvm::ReturnInst>(block.getTerminator());
    if (exit == nullptr || exit->getReturnValue() == nullptr) continue;
    const auto* constant = llvm::dyn_cast<llvm::Constant>(exit->getReturnValue());
    if (constant != nullptr && constant->containsUndefOrPoisonElement()) return true;
    if (llvm::isa<llvm::UndefValue>(exit->getReturnValue())) return true;
    // A result of several registers that was not filled.
    for (const llvm::Value* value = exit->getReturnValue();
         const auto* insert = llvm::dyn_cast<llvm::InsertValueInst>(value);
         value = insert->getAggregateOperand()) {
      if (llvm::isa<llvm::UndefValue>(insert->getInsertedValueOperand())) return true;
    }
  }
  return false;
}

// On x86-64 the two pass values alike, as long as nothing is passed on the stack.
bool has_convention(const llvm::Function& function) {
  return function.getCallingConv() == llvm::CallingConv::C ||
         function.getCallingConv() == llvm::CallingConv::Fast;
}

}  // namespace

std::set<uint32_t> find_replacements(const llvm::Module& ir, ModuleTranslator& translator) {
  std::set<uint32_t> found;
  for (const llvm::Function& function : ir) {
    uint32_t index = 0;
    llvm::StringRef name = function.getName();
    if (function.isDeclaration() || !name.consume_front("f") || name.getAsInteger(10, index)) {
      continue;
    }
    const uint32_t type = translator.module().functions[index].type_index;
    if (function.getFunctionType() != translator.signature(type).type) continue;
    if (!has_convention(function)) continue;
    if (function.hasLocalLinkage() && returns_nothing(function)) continue;
    found.insert(index);
  }
  return found;
}

}  // namespace linden::jit
