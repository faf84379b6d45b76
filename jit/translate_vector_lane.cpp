// v128: moving lanes about.

#include <llvm/IR/Intrinsics.h>
#include <llvm/IR/IntrinsicsX86.h>

#include "jit/function_translator.h"
#include "jit/vector_shape.h"

namespace linden::jit {

bool FunctionTranslator::translate_vector_lane(const Instruction& instruction) {
  llvm::FixedVectorType* shape = shape_of(context(), Opcode(instruction.opcode));
  llvm::Type* lane = shape->getElementType();
  auto extract = [&](bool is_signed) {
    llvm::Value* value = builder_.CreateExtractElement(pop_vector(shape), instruction.index);
    if (lane == i8() || lane == i16()) {
      value = is_signed ? builder_.CreateSExt(value, i32()) : builder_.CreateZExt(value, i32());
    }
    push(value);
    return true;
  };

  switch (instruction.opcode) {
    LINDEN_CASE_ALL(Splat) : {
      llvm::Value* value = pop();
      if (lane->isIntegerTy()) value = builder_.CreateTrunc(value, lane);
      push_vector(builder_.CreateVectorSplat(shape->getNumElements(), value));
      return true;
    }
    LINDEN_CASE_8_16(ExtractLaneS) : return extract(true);
    LINDEN_CASE_8_16(ExtractLaneU) : return extract(false);
    case Opcode::I32X4ExtractLane:
    case Opcode::I64X2ExtractLane:
      LINDEN_CASE_FLOATS(ExtractLane) : return extract(false);
      LINDEN_CASE_ALL(ReplaceLane) : {
        llvm::Value* value = pop();
        if (lane->isIntegerTy()) value = builder_.CreateTrunc(value, lane);
        push_vector(
            builder_.CreateInsertElement(pop_vector(shape), value, uint64_t{instruction.index}));
        return true;
      }
    case Opcode::I8X16Shuffle: {
      llvm::Value* second = pop_vector(shape);
      llvm::Value* first = pop_vector(shape);
      std::vector<int> mask;
      for (unsigned i = 0; i < 16; ++i) {
        mask.push_back(static_cast<int>(instruction.bits[i / 8] >> (8 * (i % 8)) & 0xff));
      }
      push_vector(builder_.CreateShuffleVector(first, second, mask));
      return true;
    }
    case Opcode::I8X16Swizzle: {
      llvm::Value* indices = pop_vector(shape);
      llvm::Value* value = pop_vector(shape);
      // pshufb gives 0 where bit 7 of the index is set; adding 0x70 with saturation sets it for
      // every index above 15.
      indices = builder_.CreateBinaryIntrinsic(llvm::Intrinsic::uadd_sat, indices,
                                               llvm::ConstantInt::get(shape, 0x70));
      push_vector(
          builder_.CreateIntrinsic(llvm::Intrinsic::x86_ssse3_pshuf_b_128, {}, {value, indices}));
      return true;
    }
    default:
      return false;
  }
}

}  // namespace linden::jit
