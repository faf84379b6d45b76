// v128 loads and stores.

#include "jit/function_translator.h"

namespace linden::jit {

bool FunctionTranslator::translate_vector_memory(const Instruction& instruction) {
  set_location(instruction.offset);
  const uint64_t offset = instruction.memory_offset;
  auto* v128 = vector_type(i64(), 2);
  auto load_extended = [&](llvm::Type* narrow, unsigned lanes, bool is_signed) {
    llvm::Value* value = load(vector_type(narrow, lanes), pointer_to(pop(), offset));
    auto* wide = vector_type(builder_.getIntNTy(2 * narrow->getIntegerBitWidth()), lanes);
    push_vector(is_signed ? builder_.CreateSExt(value, wide) : builder_.CreateZExt(value, wide));
    return true;
  };
  auto load_splat = [&](llvm::Type* lane) {
    llvm::Value* value = load(lane, pointer_to(pop(), offset));
    push_vector(builder_.CreateVectorSplat(128 / lane->getIntegerBitWidth(), value));
    return true;
  };
  auto load_zero = [&](llvm::Type* lane) {
    llvm::Value* value = load(lane, pointer_to(pop(), offset));
    auto* shape = vector_type(lane, 128 / lane->getIntegerBitWidth());
    push_vector(
        builder_.CreateInsertElement(llvm::Constant::getNullValue(shape), value, uint64_t{0}));
    return true;
  };
  auto load_lane = [&](llvm::Type* lane) {
    llvm::Value* vector = pop_vector(vector_type(lane, 128 / lane->getIntegerBitWidth()));
    llvm::Value* value = load(lane, pointer_to(pop(), offset));
    push_vector(builder_.CreateInsertElement(vector, value, uint64_t{instruction.index}));
    return true;
  };
  auto store_lane = [&](llvm::Type* lane) {
    llvm::Value* vector = pop_vector(vector_type(lane, 128 / lane->getIntegerBitWidth()));
    llvm::Value* value = builder_.CreateExtractElement(vector, instruction.index);
    store(value, pointer_to(pop(), offset));
    return true;
  };

  switch (instruction.opcode) {
    case Opcode::V128Load:
      push(load(v128, pointer_to(pop(), offset)));
      return true;
    case Opcode::V128Store: {
      llvm::Value* value = pop();
      store(value, pointer_to(pop(), offset));
      return true;
    }
    case Opcode::V128Load8X8S:
      return load_extended(i8(), 8, true);
    case Opcode::V128Load8X8U:
      return load_extended(i8(), 8, false);
    case Opcode::V128Load16X4S:
      return load_extended(i16(), 4, true);
    case Opcode::V128Load16X4U:
      return load_extended(i16(), 4, false);
    case Opcode::V128Load32X2S:
      return load_extended(i32(), 2, true);
    case Opcode::V128Load32X2U:
      return load_extended(i32(), 2, false);
    case Opcode::V128Load8Splat:
      return load_splat(i8());
    case Opcode::V128Load16Splat:
      return load_splat(i16());
    case Opcode::V128Load32Splat:
      return load_splat(i32());
    case Opcode::V128Load64Splat:
      return load_splat(i64());
    case Opcode::V128Load32Zero:
      return load_zero(i32());
    case Opcode::V128Load64Zero:
      return load_zero(i64());
    case Opcode::V128Load8Lane:
      return load_lane(i8());
    case Opcode::V128Load16Lane:
      return load_lane(i16());
    case Opcode::V128Load32Lane:
      return load_lane(i32());
    case Opcode::V128Load64Lane:
      return load_lane(i64());
    case Opcode::V128Store8Lane:
      return store_lane(i8());
    case Opcode::V128Store16Lane:
      return store_lane(i16());
    case Opcode::V128Store32Lane:
      return store_lane(i32());
    case Opcode::V128Store64Lane:
      return store_lane(i64());
    default:
      return false;
  }
}

}  // namespace linden::jit
