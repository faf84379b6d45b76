// Scalar loads and stores (core specification 4.4.7). What confines them is added after all passes
// (sfi/strategy.h). By most back-ends no bounds are checked: what is not accessible faults, and the
// fault's address in the code tells which instruction it was.

#include "jit/function_translator.h"

namespace linden::jit {

llvm::Value* FunctionTranslator::effective_address(llvm::Value* index, uint64_t offset) {
  llvm::Value* wide = builder_.CreateZExt(index, i64());
  if (offset == 0) return wide;
  return builder_.CreateAdd(wide, builder_.getInt64(offset), "", /*HasNUW=*/true, /*HasNSW=*/true);
}

llvm::Value* FunctionTranslator::pointer_to(llvm::Value* index, uint64_t offset) {
  return parent_.sfi().pointer_to(builder_, effective_address(index, offset));
}

llvm::Value* FunctionTranslator::load(llvm::Type* type, llvm::Value* pointer) {
  llvm::LoadInst* loaded = builder_.CreateAlignedLoad(type, pointer, llvm::Align(1));
  loaded->setMetadata(llvm::LLVMContext::MD_tbaa, parent_.memory_tag());
  // An unused load is dead to LLVM, but a load may be there for its trap.
  if (parent_.options().strict_traps || reader_.peek_opcode() == Opcode::Drop) {
    loaded->setVolatile(true);
  }
  return loaded;
}

void FunctionTranslator::store(llvm::Value* value, llvm::Value* pointer) {
  llvm::StoreInst* stored = builder_.CreateAlignedStore(value, pointer, llvm::Align(1));
  stored->setMetadata(llvm::LLVMContext::MD_tbaa, parent_.memory_tag());
  if (parent_.options().strict_traps) stored->setVolatile(true);
}

bool FunctionTranslator::translate_memory(const Instruction& instruction) {
  enum class Extend { None, Signed, Unsigned };
  auto load_as = [&](llvm::Type* memory_type, llvm::Type* type, Extend extend) {
    set_location(instruction.offset);
    llvm::Value* value = load(memory_type, pointer_to(pop(), instruction.memory_offset));
    if (extend == Extend::Signed) value = builder_.CreateSExt(value, type);
    if (extend == Extend::Unsigned) value = builder_.CreateZExt(value, type);
    push(value);
    return true;
  };
  auto store_as = [&](llvm::Type* memory_type) {
    set_location(instruction.offset);
    llvm::Value* value = pop();
    if (value->getType() != memory_type) value = builder_.CreateTrunc(value, memory_type);
    store(value, pointer_to(pop(), instruction.memory_offset));
    return true;
  };

  switch (instruction.opcode) {
    case Opcode::I32Load:
      return load_as(i32(), i32(), Extend::None);
    case Opcode::I64Load:
      return load_as(i64(), i64(), Extend::None);
    case Opcode::F32Load:
      return load_as(f32(), f32(), Extend::None);
    case Opcode::F64Load:
      return load_as(f64(), f64(), Extend::None);
    case Opcode::I32Load8S:
      return load_as(i8(), i32(), Extend::Signed);
    case Opcode::I32Load8U:
      return load_as(i8(), i32(), Extend::Unsigned);
    case Opcode::I32Load16S:
      return load_as(i16(), i32(), Extend::Signed);
    case Opcode::I32Load16U:
      return load_as(i16(), i32(), Extend::Unsigned);
    case Opcode::I64Load8S:
      return load_as(i8(), i64(), Extend::Signed);
    case Opcode::I64Load8U:
      return load_as(i8(), i64(), Extend::Unsigned);
    case Opcode::I64Load16S:
      return load_as(i16(), i64(), Extend::Signed);
    case Opcode::I64Load16U:
      return load_as(i16(), i64(), Extend::Unsigned);
    case Opcode::I64Load32S:
      return load_as(i32(), i64(), Extend::Signed);
    case Opcode::I64Load32U:
      return load_as(i32(), i64(), Extend::Unsigned);
    case Opcode::I32Store:
      return store_as(i32());
    case Opcode::I64Store:
      return store_as(i64());
    case Opcode::F32Store:
      return store_as(f32());
    case Opcode::F64Store:
      return store_as(f64());
    case Opcode::I32Store8:
    case Opcode::I64Store8:
      return store_as(i8());
    case Opcode::I32Store16:
    case Opcode::I64Store16:
      return store_as(i16());
    case Opcode::I64Store32:
      return store_as(i32());
    default:
      return false;
  }
}

}  // namespace linden::jit
