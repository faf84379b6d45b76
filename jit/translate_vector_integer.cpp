// v128: bitwise and integer arithmetic (core specification 4.3.5). Written in generic LLVM
// operations wherever the back-end recognises the pattern, so that the vectorisers may widen them.

#include <llvm/IR/Intrinsics.h>
#include <llvm/IR/IntrinsicsX86.h>

#include "jit/function_translator.h"
#include "jit/vector_shape.h"

namespace linden::jit {

void FunctionTranslator::push_vector(llvm::Value* value) {
  push(builder_.CreateBitCast(value, vector_type(i64(), 2)));
}

llvm::Value* FunctionTranslator::pop_vector(llvm::Type* type) {
  return builder_.CreateBitCast(pop(), type);
}

llvm::FixedVectorType* FunctionTranslator::vector_type(llvm::Type* element, unsigned lanes) const {
  return llvm::FixedVectorType::get(element, lanes);
}

llvm::Value* FunctionTranslator::shuffle_low_or_high(llvm::Value* vector, bool high) {
  const int lanes =
      static_cast<int>(llvm::cast<llvm::FixedVectorType>(vector->getType())->getNumElements());
  std::vector<int> mask;
  for (int i = 0; i < lanes / 2; ++i) mask.push_back(high ? lanes / 2 + i : i);
  return builder_.CreateShuffleVector(vector, mask);
}

bool FunctionTranslator::translate_vector_integer(const Instruction& instruction) {
  using Predicate = llvm::CmpInst::Predicate;
  const Opcode opcode = instruction.opcode;
  llvm::FixedVectorType* shape = shape_of(context(), opcode);
  llvm::Type* lane = shape->getElementType();
  const unsigned lanes = shape->getNumElements();

  auto binary = [&](llvm::Instruction::BinaryOps operation) {
    llvm::Value* right = pop_vector(shape);
    llvm::Value* left = pop_vector(shape);
    push_vector(builder_.CreateBinOp(operation, left, right));
    return true;
  };
  auto intrinsic = [&](llvm::Intrinsic::ID id) {
    llvm::Value* right = pop_vector(shape);
    llvm::Value* left = pop_vector(shape);
    push_vector(builder_.CreateBinaryIntrinsic(id, left, right));
    return true;
  };
  auto compare = [&](Predicate predicate) {
    llvm::Value* right = pop_vector(shape);
    llvm::Value* left = pop_vector(shape);
    push_vector(builder_.CreateSExt(builder_.CreateICmp(predicate, left, right), shape));
    return true;
  };
  auto shift = [&](llvm::Instruction::BinaryOps operation) {
    llvm::Value* count = builder_.CreateAnd(pop(), constant32(lane->getIntegerBitWidth() - 1));
    count = builder_.CreateVectorSplat(lanes, builder_.CreateZExtOrTrunc(count, lane));
    push_vector(builder_.CreateBinOp(operation, pop_vector(shape), count));
    return true;
  };
  // The type with half as many bits a lane and twice as many lanes.
  auto half_shape = [&] {
    return vector_type(builder_.getIntNTy(lane->getIntegerBitWidth() / 2), lanes * 2);
  };
  auto widen_half = [&](llvm::Value* value, bool high, bool is_signed) {
    llvm::Value* half = shuffle_low_or_high(value, high);
    return is_signed ? builder_.CreateSExt(half, shape) : builder_.CreateZExt(half, shape);
  };
  auto extend = [&](bool high, bool is_signed) {
    push_vector(widen_half(pop_vector(half_shape()), high, is_signed));
    return true;
  };
  auto extended_multiply = [&](bool high, bool is_signed) {
    llvm::Value* right = widen_half(pop_vector(half_shape()), high, is_signed);
    llvm::Value* left = widen_half(pop_vector(half_shape()), high, is_signed);
    push_vector(builder_.CreateMul(left, right));
    return true;
  };
  // Even and odd lanes of a vector with narrower lanes, widened.
  auto every_other = [&](llvm::Value* value, int first, bool is_signed) {
    std::vector<int> mask;
    for (unsigned i = 0; i < lanes; ++i) mask.push_back(first + 2 * static_cast<int>(i));
    llvm::Value* chosen = builder_.CreateShuffleVector(value, mask);
    return is_signed ? builder_.CreateSExt(chosen, shape) : builder_.CreateZExt(chosen, shape);
  };
  auto add_pairwise = [&](bool is_signed) {
    llvm::Value* value = pop_vector(half_shape());
    push_vector(
        builder_.CreateAdd(every_other(value, 0, is_signed), every_other(value, 1, is_signed)));
    return true;
  };
  // Saturates lanes of twice the width: first operand to the low half of the result.
  auto narrow = [&](bool is_signed) {
    const unsigned bits = lane->getIntegerBitWidth();
    auto* wide = vector_type(builder_.getIntNTy(2 * bits), lanes / 2);
    llvm::Value* right = pop_vector(wide);
    llvm::Value* left = pop_vector(wide);
    std::vector<int> mask;
    for (unsigned i = 0; i < lanes; ++i) mask.push_back(static_cast<int>(i));
    llvm::Value* both = builder_.CreateShuffleVector(left, right, mask);
    auto bound = [&](llvm::APInt value) { return llvm::ConstantInt::get(both->getType(), value); };
    llvm::APInt low = is_signed ? llvm::APInt::getSignedMinValue(bits).sext(2 * bits)
                                : llvm::APInt::getZero(2 * bits);
    llvm::APInt high = is_signed ? llvm::APInt::getSignedMaxValue(bits).sext(2 * bits)
                                 : llvm::APInt::getMaxValue(bits).zext(2 * bits);
    both = builder_.CreateBinaryIntrinsic(llvm::Intrinsic::smax, both, bound(low));
    both = builder_.CreateBinaryIntrinsic(llvm::Intrinsic::smin, both, bound(high));
    push_vector(builder_.CreateTrunc(both, shape));
    return true;
  };

  switch (instruction.opcode) {
    case Opcode::V128Not:
      push(builder_.CreateNot(pop()));
      return true;
    case Opcode::V128And:
      shape = vector_type(i64(), 2);
      return binary(llvm::Instruction::And);
    case Opcode::V128Or:
      shape = vector_type(i64(), 2);
      return binary(llvm::Instruction::Or);
    case Opcode::V128Xor:
      shape = vector_type(i64(), 2);
      return binary(llvm::Instruction::Xor);
    case Opcode::V128Andnot: {
      llvm::Value* right = pop();
      push(builder_.CreateAnd(pop(), builder_.CreateNot(right)));
      return true;
    }
    case Opcode::V128BitSelect: {
      llvm::Value* mask = pop();
      llvm::Value* otherwise = pop();
      llvm::Value* chosen = pop();
      push(builder_.CreateOr(builder_.CreateAnd(chosen, mask),
                             builder_.CreateAnd(otherwise, builder_.CreateNot(mask))));
      return true;
    }
    case Opcode::V128AnyTrue: {
      llvm::Value* bits = builder_.CreateBitCast(pop(), builder_.getInt128Ty());
      push_bool(builder_.CreateIsNotNull(bits));
      return true;
    }
      LINDEN_CASE_INTEGERS(AllTrue) : {
        llvm::Value* non_zero = builder_.CreateIsNotNull(pop_vector(shape));
        llvm::Value* bits = builder_.CreateBitCast(non_zero, builder_.getIntNTy(lanes));
        push_bool(builder_.CreateICmpEQ(bits, llvm::Constant::getAllOnesValue(bits->getType())));
        return true;
      }
      LINDEN_CASE_INTEGERS(Bitmask) : {
        llvm::Value* negative =
            builder_.CreateICmpSLT(pop_vector(shape), llvm::Constant::getNullValue(shape));
        push(builder_.CreateZExt(builder_.CreateBitCast(negative, builder_.getIntNTy(lanes)),
                                 i32()));
        return true;
      }
      LINDEN_CASE_INTEGERS(Add) : return binary(llvm::Instruction::Add);
      LINDEN_CASE_INTEGERS(Sub) : return binary(llvm::Instruction::Sub);
    case Opcode::I16X8Mul:
    case Opcode::I32X4Mul:
    case Opcode::I64X2Mul:
      return binary(llvm::Instruction::Mul);
      LINDEN_CASE_INTEGERS(Neg) : push_vector(builder_.CreateNeg(pop_vector(shape)));
      return true;
      LINDEN_CASE_INTEGERS(Abs)
          : push_vector(builder_.CreateBinaryIntrinsic(llvm::Intrinsic::abs, pop_vector(shape),
                                                       builder_.getFalse()));
      return true;
    case Opcode::I8X16Popcnt:
      push_vector(builder_.CreateUnaryIntrinsic(llvm::Intrinsic::ctpop, pop_vector(shape)));
      return true;
      LINDEN_CASE_8_16(AddSatS) : return intrinsic(llvm::Intrinsic::sadd_sat);
      LINDEN_CASE_8_16(AddSatU) : return intrinsic(llvm::Intrinsic::uadd_sat);
      LINDEN_CASE_8_16(SubSatS) : return intrinsic(llvm::Intrinsic::ssub_sat);
      LINDEN_CASE_8_16(SubSatU) : return intrinsic(llvm::Intrinsic::usub_sat);
      LINDEN_CASE_8_16_32(MinS) : return intrinsic(llvm::Intrinsic::smin);
      LINDEN_CASE_8_16_32(MinU) : return intrinsic(llvm::Intrinsic::umin);
      LINDEN_CASE_8_16_32(MaxS) : return intrinsic(llvm::Intrinsic::smax);
      LINDEN_CASE_8_16_32(MaxU) : return intrinsic(llvm::Intrinsic::umax);
      LINDEN_CASE_8_16(AvgrU) : {
        auto* wide = vector_type(builder_.getIntNTy(2 * lane->getIntegerBitWidth()), lanes);
        llvm::Value* right = builder_.CreateZExt(pop_vector(shape), wide);
        llvm::Value* left = builder_.CreateZExt(pop_vector(shape), wide);
        llvm::Value* sum =
            builder_.CreateAdd(builder_.CreateAdd(left, right), llvm::ConstantInt::get(wide, 1));
        push_vector(builder_.CreateTrunc(builder_.CreateLShr(sum, 1), shape));
        return true;
      }
    case Opcode::I16X8Q15mulrSatS: {
      llvm::Value* right = pop_vector(shape);
      llvm::Value* left = pop_vector(shape);
      // pmulhrsw differs in one case only: -1 * -1 gives 0x8000 instead of saturating.
      llvm::Value* product =
          builder_.CreateIntrinsic(llvm::Intrinsic::x86_ssse3_pmul_hr_sw_128, {}, {left, right});
      llvm::Value* overflowed =
          builder_.CreateICmpEQ(product, llvm::ConstantInt::get(shape, 0x8000));
      push_vector(builder_.CreateXor(product, builder_.CreateSExt(overflowed, shape)));
      return true;
    }
    case Opcode::I32X4DotI16X8S: {
      llvm::Value* right = pop_vector(half_shape());
      llvm::Value* left = pop_vector(half_shape());
      llvm::Value* even =
          builder_.CreateMul(every_other(left, 0, true), every_other(right, 0, true));
      llvm::Value* odd =
          builder_.CreateMul(every_other(left, 1, true), every_other(right, 1, true));
      push_vector(builder_.CreateAdd(even, odd));
      return true;
    }
      LINDEN_CASE_INTEGERS(Shl) : return shift(llvm::Instruction::Shl);
      LINDEN_CASE_INTEGERS(ShrS) : return shift(llvm::Instruction::AShr);
      LINDEN_CASE_INTEGERS(ShrU) : return shift(llvm::Instruction::LShr);
      LINDEN_CASE_INTEGERS(Eq) : return compare(Predicate::ICMP_EQ);
      LINDEN_CASE_INTEGERS(Ne) : return compare(Predicate::ICMP_NE);
      LINDEN_CASE_INTEGERS(LtS) : return compare(Predicate::ICMP_SLT);
      LINDEN_CASE_INTEGERS(GtS) : return compare(Predicate::ICMP_SGT);
      LINDEN_CASE_INTEGERS(LeS) : return compare(Predicate::ICMP_SLE);
      LINDEN_CASE_INTEGERS(GeS) : return compare(Predicate::ICMP_SGE);
      LINDEN_CASE_8_16_32(LtU) : return compare(Predicate::ICMP_ULT);
      LINDEN_CASE_8_16_32(GtU) : return compare(Predicate::ICMP_UGT);
      LINDEN_CASE_8_16_32(LeU) : return compare(Predicate::ICMP_ULE);
      LINDEN_CASE_8_16_32(GeU) : return compare(Predicate::ICMP_UGE);
      LINDEN_CASE_WIDEN(Extend, Low, S) : return extend(false, true);
      LINDEN_CASE_WIDEN(Extend, High, S) : return extend(true, true);
      LINDEN_CASE_WIDEN(Extend, Low, U) : return extend(false, false);
      LINDEN_CASE_WIDEN(Extend, High, U) : return extend(true, false);
      LINDEN_CASE_WIDEN(Extmul, Low, S) : return extended_multiply(false, true);
      LINDEN_CASE_WIDEN(Extmul, High, S) : return extended_multiply(true, true);
      LINDEN_CASE_WIDEN(Extmul, Low, U) : return extended_multiply(false, false);
      LINDEN_CASE_WIDEN(Extmul, High, U) : return extended_multiply(true, false);
    case Opcode::I16X8ExtaddPairwiseI8X16S:
    case Opcode::I32X4ExtaddPairwiseI16X8S:
      return add_pairwise(true);
    case Opcode::I16X8ExtaddPairwiseI8X16U:
    case Opcode::I32X4ExtaddPairwiseI16X8U:
      return add_pairwise(false);
    case Opcode::I8X16NarrowI16X8S:
    case Opcode::I16X8NarrowI32X4S:
      return narrow(true);
    case Opcode::I8X16NarrowI16X8U:
    case Opcode::I16X8NarrowI32X4U:
      return narrow(false);
    default:
      return false;
  }
}

}  // namespace linden::jit
