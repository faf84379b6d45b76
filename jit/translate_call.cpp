// Calls, returns and the passing of values (jit/abi.h).

#include "jit/function_translator.h"

namespace linden::jit {

void FunctionTranslator::store_overflow(const std::vector<ValuePlace>& places,
                                        const std::vector<llvm::Value*>& values) {
  for (size_t i = 0; i < places.size(); ++i) {
    if (places[i].in_register) continue;
    store_context(values[i], offsetof(Context, overflow) + 16 * places[i].index);
  }
}

std::vector<llvm::Value*> FunctionTranslator::store_arguments(
    const LoweredSignature& signature, const std::vector<llvm::Value*>& values) {
  std::vector<llvm::Value*> in_registers;
  for (size_t i = 0; i < values.size(); ++i) {
    if (signature.params[i].in_register) in_registers.push_back(values[i]);
  }
  store_overflow(signature.params, values);
  return in_registers;
}

void FunctionTranslator::load_parameters() {
  const LoweredSignature& signature = parent_.signature(module_.functions[index_].type_index);
  for (size_t i = 0; i < type_.params.size(); ++i) {
    const ValuePlace& place = signature.params[i];
    locals_.push_back(place.in_register
                          ? static_cast<llvm::Value*>(function_->getArg(place.index))
                          : load_context(lower_type(context(), type_.params[i]),
                                         offsetof(Context, overflow) + 16 * place.index));
    local_types_.push_back(type_.params[i]);
  }
}

std::vector<llvm::Value*> FunctionTranslator::load_results(const LoweredSignature& signature,
                                                           const std::vector<ValueType>& types,
                                                           llvm::Value* returned) {
  std::vector<llvm::Value*> results;
  for (size_t i = 0; i < types.size(); ++i) {
    const ValuePlace& place = signature.results[i];
    if (!place.in_register) {
      results.push_back(load_context(lower_type(context(), types[i]),
                                     offsetof(Context, overflow) + 16 * place.index));
    } else if (signature.register_results == 1) {
      results.push_back(returned);
    } else {
      results.push_back(builder_.CreateExtractValue(returned, place.index));
    }
  }
  return results;
}

void FunctionTranslator::emit_return(const std::vector<llvm::Value*>& values) {
  const LoweredSignature& signature = parent_.signature(module_.functions[index_].type_index);
  store_overflow(signature.results, values);
  if (signature.register_results == 0) {
    builder_.CreateRetVoid();
    return;
  }
  llvm::Value* returned = nullptr;
  for (size_t i = 0; i < values.size(); ++i) {
    const ValuePlace& place = signature.results[i];
    if (!place.in_register) continue;
    if (signature.register_results == 1) {
      returned = values[i];
    } else {
      if (returned == nullptr) {
        returned = llvm::PoisonValue::get(signature.type->getReturnType());
      }
      returned = builder_.CreateInsertValue(returned, values[i], place.index);
    }
  }
  builder_.CreateRet(returned);
}

void FunctionTranslator::emit_call(uint32_t type_index, llvm::Value* code,
                                   const std::vector<llvm::Value*>& arguments, bool is_tail) {
  const LoweredSignature& signature = parent_.signature(type_index);
  const std::vector<llvm::Value*> in_registers = store_arguments(signature, arguments);
  if (!is_tail) {
    llvm::CallBase* call = create_call(signature.type, code, in_registers);
    const FunctionType& type = module_.types[type_index];
    for (llvm::Value* result : load_results(signature, type.results, call)) push(result);
    return;
  }
  // A tail call leaves every `try` that it stands in: the callee's exceptions are our caller's.
  llvm::CallInst* call = builder_.CreateCall(signature.type, code, in_registers);
  // Validation made the result types equal, hence also the LLVM return types; overflow results are
  // where our own caller looks for them. With the C convention and nothing on the stack, every
  // `tail` call before a return becomes a jump; LLVM only promises so (`musttail`) for equal
  // prototypes. tailcc, which would promise it for all, pops a slot that no one pushed.
  call->setTailCallKind(signature.type == function_->getFunctionType()
                            ? llvm::CallInst::TCK_MustTail
                            : llvm::CallInst::TCK_Tail);
  if (signature.register_results == 0) {
    builder_.CreateRetVoid();
  } else {
    builder_.CreateRet(call);
  }
  reachable_ = false;
}

llvm::Value* FunctionTranslator::load_import_code(uint32_t import) {
  llvm::Value* reference =
      load_instance_element(offsetof(InstanceData, functions), pointer_type(), import);
  store_context(reference, offsetof(Context, callee));
  return load_runtime(pointer_type(), reference, offsetof(FunctionReference, any_code));
}

bool FunctionTranslator::translate_call(const Instruction& instruction) {
  const bool is_tail =
      instruction.opcode == Opcode::ReturnCall || instruction.opcode == Opcode::ReturnCallIndirect;
  uint32_t type_index = 0;
  llvm::Value* table_index = nullptr;
  switch (instruction.opcode) {
    case Opcode::Call:
    case Opcode::ReturnCall:
      type_index = module_.functions[instruction.index].type_index;
      break;
    case Opcode::CallIndirect:
    case Opcode::ReturnCallIndirect:
      type_index = instruction.index;
      table_index = pop();
      break;
    default:
      return false;
  }
  set_location(instruction.offset);
  if (instruction.opcode == Opcode::Call && module_.is_prefetch(instruction.index)) {
    // For reading, and to be kept in all caches: which of them it was for is not handed on.
    llvm::Value* pointer = pointer_to(pop(), 0);
    builder_.CreateIntrinsic(
        llvm::Intrinsic::prefetch, {pointer->getType()},
        {pointer, builder_.getInt32(0), builder_.getInt32(3), builder_.getInt32(1)});
    return true;
  }
  const size_t arity = module_.types[type_index].params.size();
  std::vector<llvm::Value*> arguments(stack_.end() - static_cast<ptrdiff_t>(arity), stack_.end());
  stack_.resize(stack_.size() - arity);
  if (table_index != nullptr) {
    emit_indirect_call(instruction.index2, type_index, table_index, arguments, is_tail);
    return true;
  }
  emit_call(type_index, callee_code(instruction.index), arguments, is_tail);
  return true;
}

llvm::Value* FunctionTranslator::callee_code(uint32_t function) {
  if (function < module_.imported_functions) return load_import_code(function);
  const void* const* slots = parent_.options().function_slots;
  if (slots == nullptr) return parent_.function(function);
  llvm::Constant* slot =
      llvm::ConstantInt::get(i64(), reinterpret_cast<uintptr_t>(slots + function));
  return builder_.CreateLoad(pointer_type(), llvm::ConstantExpr::getIntToPtr(slot, pointer_type()));
}

void FunctionTranslator::build_import_adapter(ModuleTranslator& parent, uint32_t import,
                                              llvm::Function* adapter) {
  FunctionTranslator translator(parent, import, adapter);
  llvm::IRBuilder<>& builder = translator.builder_;
  builder.SetInsertPoint(translator.new_block("entry"));
  emit_forward(builder, translator.load_import_code(import));
}

}  // namespace linden::jit
