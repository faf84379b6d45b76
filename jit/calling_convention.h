// The calling rule of jit/abi.h in terms of LLVM types.
#ifndef LINDEN_JIT_CALLING_CONVENTION_H_
#define LINDEN_JIT_CALLING_CONVENTION_H_

#include <llvm/IR/DerivedTypes.h>
#include <llvm/IR/IRBuilder.h>

#include <vector>

#include "jit/types.h"

namespace linden::jit {

struct ValuePlace {
  bool in_register;
  uint32_t index;  // LLVM argument number or struct element; or slot of Context::overflow
};

struct LoweredSignature {
  llvm::FunctionType* type;
  std::vector<ValuePlace> params;
  std::vector<ValuePlace> results;
  uint32_t register_results;
};

llvm::Type* lower_type(llvm::LLVMContext& context, ValueType type);
LoweredSignature lower_signature(llvm::LLVMContext& context, const FunctionType& type);

// Ends the function that `builder` is in with a jump to `code`, which takes its place: it finds the
// same arguments, those in overflow slots too, and returns to the same caller.
void emit_forward(llvm::IRBuilder<>& builder, llvm::Value* code);

}  // namespace linden::jit

#endif
