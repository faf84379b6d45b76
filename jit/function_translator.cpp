#include "jit/function_translator.h"

#include <llvm/IR/IntrinsicInst.h>

namespace linden::jit {

FunctionTranslator::FunctionTranslator(ModuleTranslator& parent, uint32_t function_index,
                                       llvm::Function* function)
    : parent_(parent),
      module_(parent.module()),
      index_(function_index),
      type_(module_.type_of(function_index)),
      function_(function),
      builder_(parent.context()),
      reader_(module_.bytes, module_.functions[function_index].body_offset,
              module_.functions[function_index].body_offset +
                  module_.functions[function_index].body_size) {}

FunctionTranslator::FunctionTranslator(ModuleTranslator& parent, uint32_t function_index)
    : FunctionTranslator(parent, function_index, parent.function(function_index)) {
  scan_ = &parent.scan().functions[function_index - module_.imported_functions];
}

void FunctionTranslator::translate() {
  subprogram_ = parent_.create_subprogram(function_, module_.functions[index_].body_offset);
  builder_.SetInsertPoint(new_block("entry"));
  load_parameters();
  for (const auto& declaration : reader_.read_local_declarations()) {
    llvm::Value* zero = llvm::Constant::getNullValue(lower_type(context(), declaration.type));
    locals_.insert(locals_.end(), declaration.count, zero);
    local_types_.insert(local_types_.end(), declaration.count, declaration.type);
  }
  static const std::vector<uint32_t> kNoLocals;
  controls_.push_back({.kind = Control::Kind::Function,
                       .params = {},
                       .results = type_.results,
                       .height = 0,
                       .assigned = &kNoLocals,
                       .target = new_block("return"),
                       .edges = {},
                       .header_phis = {},
                       .else_values = {},
                       .handler = nullptr});
  Instruction instruction;
  while (!controls_.empty() && reader_.next(instruction)) {
    if (reachable_) {
      translate_instruction(instruction);
    } else {
      skip_unreachable(instruction);
    }
  }
}

void FunctionTranslator::translate_instruction(const Instruction& instruction) {
  builder_.SetCurrentDebugLocation(llvm::DebugLoc());
  // The common families first.
  if (translate_variable(instruction) || translate_integer(instruction) ||
      translate_memory(instruction) || translate_control(instruction) ||
      translate_call(instruction) || translate_float(instruction) ||
      translate_conversion(instruction) || translate_vector_integer(instruction) ||
      translate_vector_lane(instruction) || translate_vector_float(instruction) ||
      translate_vector_memory(instruction) || translate_bulk_memory(instruction) ||
      translate_table(instruction) || translate_atomic(instruction) ||
      translate_exception(instruction)) {
    return;
  }
  llvm_unreachable("an opcode that parse() admits has no translation");
}

bool FunctionTranslator::translate_variable(const Instruction& instruction) {
  switch (instruction.opcode) {
    case Opcode::LocalGet:
      push(locals_[instruction.index]);
      return true;
    case Opcode::LocalSet:
      locals_[instruction.index] = pop();
      return true;
    case Opcode::LocalTee:
      locals_[instruction.index] = stack_.back();
      return true;
    case Opcode::GlobalGet:
    case Opcode::GlobalSet: {
      const Global& global = module_.globals[instruction.index];
      const GlobalPlacement& placement = parent_.plan().globals[instruction.index];
      llvm::Type* type = lower_type(context(), global.type.type);
      if (placement.kind == GlobalPlacement::Kind::Inline) {
        const size_t offset = offsetof(Context, inline_globals) + 16 * placement.slot;
        if (instruction.opcode == Opcode::GlobalGet) {
          push(load_context(type, offset));
        } else {
          store_context(pop(), offset);
        }
        return true;
      }
      llvm::Value* cell =
          load_instance_element(offsetof(InstanceData, globals), pointer_type(), instruction.index);
      if (instruction.opcode == Opcode::GlobalGet) {
        push(load_runtime(type, cell, 0));
      } else {
        llvm::StoreInst* stored = builder_.CreateAlignedStore(pop(), cell, llvm::Align(16));
        stored->setMetadata(llvm::LLVMContext::MD_tbaa, parent_.runtime_tag());
      }
      return true;
    }
    case Opcode::Drop:
      pop();
      return true;
    case Opcode::Nop:
      return true;
    case Opcode::Select:
    case Opcode::SelectT: {
      llvm::Value* condition = pop_condition();
      llvm::Value* otherwise = pop();
      llvm::Value* then = pop();
      push(builder_.CreateSelect(condition, then, otherwise));
      return true;
    }
    case Opcode::I32Const:
      push(builder_.getInt32(static_cast<uint32_t>(instruction.bits[0])));
      return true;
    case Opcode::I64Const:
      push(builder_.getInt64(instruction.bits[0]));
      return true;
    case Opcode::F32Const:
      push(llvm::ConstantFP::get(
          context(), llvm::APFloat(llvm::APFloat::IEEEsingle(),
                                   llvm::APInt(32, static_cast<uint32_t>(instruction.bits[0])))));
      return true;
    case Opcode::F64Const:
      push(llvm::ConstantFP::get(context(), llvm::APFloat(llvm::APFloat::IEEEdouble(),
                                                          llvm::APInt(64, instruction.bits[0]))));
      return true;
    case Opcode::V128Const:
      push(llvm::ConstantDataVector::get(context(), llvm::ArrayRef<uint64_t>(instruction.bits, 2)));
      return true;
    default:
      return false;
  }
}

llvm::Value* FunctionTranslator::pop() {
  llvm::Value* value = stack_.back();
  stack_.pop_back();
  return value;
}

llvm::Value* FunctionTranslator::pop_condition() {
  llvm::Value* value = pop();
  // Comparisons leave a widened i1; take the i1 itself.
  if (auto* widened = llvm::dyn_cast<llvm::ZExtInst>(value)) {
    if (widened->getSrcTy()->isIntegerTy(1)) return widened->getOperand(0);
  }
  return builder_.CreateICmpNE(value, constant32(0));
}

void FunctionTranslator::emit_trap(TrapCode code) {
  llvm::CallInst* call = builder_.CreateIntrinsic(llvm::Intrinsic::ubsantrap, {},
                                                  {builder_.getInt8(static_cast<uint8_t>(code))});
  // Each trap keeps its own place in the code, so that it can be told where it came from.
  call->addFnAttr(llvm::Attribute::NoMerge);
  builder_.CreateUnreachable();
}

void FunctionTranslator::trap_if(llvm::Value* condition, TrapCode code) {
  if (auto* constant = llvm::dyn_cast<llvm::ConstantInt>(condition)) {
    if (constant->isZero()) return;
  }
  llvm::BasicBlock* trap = new_block("trap");
  llvm::BasicBlock* next = new_block();
  builder_.CreateCondBr(condition, trap, next, parent_.unlikely());
  builder_.SetInsertPoint(trap);
  emit_trap(code);
  builder_.SetInsertPoint(next);
}

llvm::LoadInst* FunctionTranslator::load_context(llvm::Type* type, size_t offset) {
  llvm::LoadInst* loaded = builder_.CreateAlignedLoad(type, parent_.context_field(offset),
                                                      llvm::Align(type->isVectorTy() ? 16 : 4));
  loaded->setMetadata(llvm::LLVMContext::MD_tbaa, parent_.context_tag());
  return loaded;
}

llvm::StoreInst* FunctionTranslator::store_context(llvm::Value* value, size_t offset) {
  llvm::StoreInst* stored = builder_.CreateAlignedStore(
      value, parent_.context_field(offset), llvm::Align(value->getType()->isVectorTy() ? 16 : 4));
  stored->setMetadata(llvm::LLVMContext::MD_tbaa, parent_.context_tag());
  return stored;
}

llvm::Value* FunctionTranslator::load_runtime(llvm::Type* type, llvm::Value* base,
                                              uint64_t offset) {
  llvm::Value* address = builder_.CreateConstInBoundsGEP1_64(i8(), base, offset);
  llvm::LoadInst* loaded = builder_.CreateAlignedLoad(type, address, llvm::Align(4));
  loaded->setMetadata(llvm::LLVMContext::MD_tbaa, parent_.runtime_tag());
  return loaded;
}

llvm::Value* FunctionTranslator::load_instance_element(size_t array_offset, llvm::Type* type,
                                                       uint64_t index) {
  llvm::Value* instance = load_context(pointer_type(), offsetof(Context, instance));
  llvm::Value* array = load_runtime(pointer_type(), instance, array_offset);
  return load_runtime(type, array, index * (type->getPrimitiveSizeInBits() == 32 ? 4 : 8));
}

llvm::Value* FunctionTranslator::call_helper(Helper helper, llvm::Type* result,
                                             std::initializer_list<llvm::Value*> arguments) {
  std::vector<llvm::Type*> types;
  for (llvm::Value* argument : arguments) types.push_back(argument->getType());
  llvm::Value* code = load_context(
      pointer_type(), offsetof(Context, helpers) + sizeof(void*) * static_cast<size_t>(helper));
  llvm::CallInst* call = builder_.CreateCall(llvm::FunctionType::get(result, types, false), code,
                                             llvm::ArrayRef(arguments.begin(), arguments.size()));
  call->addFnAttr(llvm::Attribute::NoUnwind);
  return call;
}

llvm::BasicBlock* FunctionTranslator::new_block(const char* name) {
  return llvm::BasicBlock::Create(context(), name, function_);
}

void FunctionTranslator::set_location(uint32_t offset) {
  if (subprogram_ == nullptr) return;
  builder_.SetCurrentDebugLocation(llvm::DILocation::get(context(), offset, 0, subprogram_));
}

}  // namespace linden::jit
