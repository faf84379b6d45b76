#include "jit/calling_convention.h"

#include "jit/abi.h"

namespace linden::jit {
namespace {

// Assigns values to registers of their class while there are any, then to overflow slots.
std::vector<ValuePlace> place(llvm::LLVMContext& context, const std::vector<ValueType>& values,
                              unsigned integer_registers, unsigned vector_registers,
                              std::vector<llvm::Type*>& register_types) {
  std::vector<ValuePlace> places;
  unsigned integers = 0, vectors = 0;
  uint32_t overflow = 0;
  for (ValueType value : values) {
    unsigned& used = is_vector_class(value) ? vectors : integers;
    unsigned limit = is_vector_class(value) ? vector_registers : integer_registers;
    if (used < limit) {
      ++used;
      places.push_back({true, static_cast<uint32_t>(register_types.size())});
      register_types.push_back(lower_type(context, value));
    } else {
      places.push_back({false, overflow++});
    }
  }
  return places;
}

}  // namespace

llvm::Type* lower_type(llvm::LLVMContext& context, ValueType type) {
  switch (type) {
    case ValueType::I32:
      return llvm::Type::getInt32Ty(context);
    case ValueType::F32:
      return llvm::Type::getFloatTy(context);
    case ValueType::F64:
      return llvm::Type::getDoubleTy(context);
    case ValueType::V128:
      return llvm::FixedVectorType::get(llvm::Type::getInt64Ty(context), 2);
    case ValueType::I64:
    case ValueType::FuncRef:
    case ValueType::ExternRef:
      return llvm::Type::getInt64Ty(context);
  }
  return nullptr;
}

LoweredSignature lower_signature(llvm::LLVMContext& context, const FunctionType& type) {
  LoweredSignature result;
  std::vector<llvm::Type*> parameters, results;
  result.params =
      place(context, type.params, kIntegerArgumentRegisters, kVectorArgumentRegisters, parameters);
  result.results =
      place(context, type.results, kIntegerResultRegisters, kVectorResultRegisters, results);
  result.register_results = static_cast<uint32_t>(results.size());
  llvm::Type* return_type = results.empty()       ? llvm::Type::getVoidTy(context)
                            : results.size() == 1 ? results[0]
                                                  : llvm::StructType::get(context, results);
  result.type = llvm::FunctionType::get(return_type, parameters, /*isVarArg=*/false);
  return result;
}

void emit_forward(llvm::IRBuilder<>& builder, llvm::Value* code) {
  llvm::Function* function = builder.GetInsertBlock()->getParent();
  std::vector<llvm::Value*> arguments;
  for (llvm::Argument& argument : function->args()) arguments.push_back(&argument);
  llvm::CallInst* call = builder.CreateCall(function->getFunctionType(), code, arguments);
  call->setTailCallKind(llvm::CallInst::TCK_MustTail);
  if (function->getReturnType()->isVoidTy()) {
    builder.CreateRetVoid();
  } else {
    builder.CreateRet(call);
  }
}

}  // namespace linden::jit
