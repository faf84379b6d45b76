// The lane shape of a v128 instruction, and lists of `case` labels over shapes, for the
// translate_vector_*.cpp files.
#ifndef LINDEN_JIT_VECTOR_SHAPE_H_
#define LINDEN_JIT_VECTOR_SHAPE_H_

#include <llvm/IR/DerivedTypes.h>

#include "jit/bytecode_reader.h"

namespace linden::jit {

// From the mnemonic, which begins with the shape: "i16x8.add".
inline llvm::FixedVectorType* shape_of(llvm::LLVMContext& context, Opcode opcode) {
  const char* name = opcode.name();
  const bool is_float = name[0] == 'f';
  switch (name[1]) {
    case '8':
      return llvm::FixedVectorType::get(llvm::Type::getInt8Ty(context), 16);
    case '1':
      return llvm::FixedVectorType::get(llvm::Type::getInt16Ty(context), 8);
    case '3':
      return llvm::FixedVectorType::get(
          is_float ? llvm::Type::getFloatTy(context) : llvm::Type::getInt32Ty(context), 4);
    default:
      return llvm::FixedVectorType::get(
          is_float ? llvm::Type::getDoubleTy(context) : llvm::Type::getInt64Ty(context), 2);
  }
}

#define LINDEN_CASE_8_16(Name) \
  case Opcode::I8X16##Name:    \
  case Opcode::I16X8##Name
#define LINDEN_CASE_8_16_32(Name) LINDEN_CASE_8_16(Name) : case Opcode::I32X4##Name
#define LINDEN_CASE_INTEGERS(Name) LINDEN_CASE_8_16_32(Name) : case Opcode::I64X2##Name
#define LINDEN_CASE_FLOATS(Name) \
  case Opcode::F32X4##Name:      \
  case Opcode::F64X2##Name
#define LINDEN_CASE_ALL(Name) LINDEN_CASE_INTEGERS(Name) : LINDEN_CASE_FLOATS(Name)
// Widening instructions: result shape, "Low" or "High", source shape.
#define LINDEN_CASE_WIDEN(Name, Half, Sign)    \
  case Opcode::I16X8##Name##Half##I8X16##Sign: \
  case Opcode::I32X4##Name##Half##I16X8##Sign: \
  case Opcode::I64X2##Name##Half##I32X4##Sign

}  // namespace linden::jit

#endif
