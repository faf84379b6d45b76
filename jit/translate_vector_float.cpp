// v128: floating-point lanes and conversions.

#include <llvm/IR/Intrinsics.h>

#include "jit/function_translator.h"
#include "jit/vector_shape.h"

namespace linden::jit {

bool FunctionTranslator::translate_vector_float(const Instruction& instruction) {
  using Predicate = llvm::CmpInst::Predicate;
  llvm::FixedVectorType* shape = shape_of(context(), Opcode(instruction.opcode));
  auto unary = [&](llvm::Intrinsic::ID id) {
    push_vector(builder_.CreateUnaryIntrinsic(id, pop_vector(shape)));
    return true;
  };
  auto binary = [&](llvm::Value* (FunctionTranslator::*operation)(llvm::Value*, llvm::Value*)) {
    llvm::Value* right = pop_vector(shape);
    llvm::Value* left = pop_vector(shape);
    push_vector((this->*operation)(left, right));
    return true;
  };
  auto extremum = [&](llvm::Intrinsic::ID id) {
    llvm::Value* right = pop_vector(shape);
    llvm::Value* left = pop_vector(shape);
    push_vector(float_extremum(id, left, right));
    return true;
  };
  auto compare = [&](Predicate predicate) {
    llvm::Value* right = pop_vector(shape);
    llvm::Value* left = pop_vector(shape);
    push_vector(builder_.CreateSExt(builder_.CreateFCmp(predicate, left, right),
                                    llvm::VectorType::getInteger(shape)));
    return true;
  };
  // pmin(a, b) is b < a ? b : a, bit for bit; pmax(a, b) is a < b ? b : a.
  auto pseudo = [&](bool is_min) {
    llvm::Value* right = pop_vector(shape);
    llvm::Value* left = pop_vector(shape);
    llvm::Value* take_right =
        is_min ? builder_.CreateFCmpOLT(right, left) : builder_.CreateFCmpOLT(left, right);
    push_vector(builder_.CreateSelect(take_right, right, left));
    return true;
  };
  auto* i32x2 = vector_type(i32(), 2);
  auto* i32x4 = vector_type(i32(), 4);
  auto* f32x2 = vector_type(f32(), 2);
  auto* f32x4 = vector_type(f32(), 4);
  auto* f64x2 = vector_type(f64(), 2);
  auto saturate = [&](llvm::Intrinsic::ID id, llvm::FixedVectorType* to, llvm::Type* from) {
    return builder_.CreateIntrinsic(id, {to, from}, {pop_vector(from)});
  };
  // Two lanes to the low half, zeros above.
  auto push_low = [&](llvm::Value* two) {
    push_vector(builder_.CreateShuffleVector(two, llvm::Constant::getNullValue(two->getType()),
                                             llvm::ArrayRef<int>{0, 1, 2, 3}));
    return true;
  };

  switch (instruction.opcode) {
    LINDEN_CASE_FLOATS(Eq) : return compare(Predicate::FCMP_OEQ);
    LINDEN_CASE_FLOATS(Ne) : return compare(Predicate::FCMP_UNE);
    LINDEN_CASE_FLOATS(Lt) : return compare(Predicate::FCMP_OLT);
    LINDEN_CASE_FLOATS(Gt) : return compare(Predicate::FCMP_OGT);
    LINDEN_CASE_FLOATS(Le) : return compare(Predicate::FCMP_OLE);
    LINDEN_CASE_FLOATS(Ge) : return compare(Predicate::FCMP_OGE);
    LINDEN_CASE_FLOATS(Add) : return binary(&FunctionTranslator::float_add);
    LINDEN_CASE_FLOATS(Sub) : return binary(&FunctionTranslator::float_subtract);
    LINDEN_CASE_FLOATS(Mul) : return binary(&FunctionTranslator::float_multiply);
    LINDEN_CASE_FLOATS(Div) : return binary(&FunctionTranslator::float_divide);
    LINDEN_CASE_FLOATS(Min) : return extremum(llvm::Intrinsic::minimum);
    LINDEN_CASE_FLOATS(Max) : return extremum(llvm::Intrinsic::maximum);
    LINDEN_CASE_FLOATS(PMin) : return pseudo(true);
    LINDEN_CASE_FLOATS(PMax) : return pseudo(false);
    LINDEN_CASE_FLOATS(Abs) : return unary(llvm::Intrinsic::fabs);
    LINDEN_CASE_FLOATS(Neg) : push_vector(builder_.CreateFNeg(pop_vector(shape)));
    return true;
    LINDEN_CASE_FLOATS(Sqrt) : return unary(llvm::Intrinsic::sqrt);
    LINDEN_CASE_FLOATS(Ceil) : return unary(llvm::Intrinsic::ceil);
    LINDEN_CASE_FLOATS(Floor) : return unary(llvm::Intrinsic::floor);
    LINDEN_CASE_FLOATS(Trunc) : return unary(llvm::Intrinsic::trunc);
    LINDEN_CASE_FLOATS(Nearest) : return unary(llvm::Intrinsic::roundeven);
    case Opcode::F32X4ConvertI32X4S:
      push_vector(builder_.CreateSIToFP(pop_vector(i32x4), f32x4));
      return true;
    case Opcode::F32X4ConvertI32X4U:
      push_vector(builder_.CreateUIToFP(pop_vector(i32x4), f32x4));
      return true;
    case Opcode::F64X2ConvertLowI32X4S:
      push_vector(builder_.CreateSIToFP(shuffle_low_or_high(pop_vector(i32x4), false), f64x2));
      return true;
    case Opcode::F64X2ConvertLowI32X4U:
      push_vector(builder_.CreateUIToFP(shuffle_low_or_high(pop_vector(i32x4), false), f64x2));
      return true;
    case Opcode::I32X4TruncSatF32X4S:
      push_vector(saturate(llvm::Intrinsic::fptosi_sat, i32x4, f32x4));
      return true;
    case Opcode::I32X4TruncSatF32X4U:
      push_vector(saturate(llvm::Intrinsic::fptoui_sat, i32x4, f32x4));
      return true;
    case Opcode::I32X4TruncSatF64X2SZero:
      return push_low(saturate(llvm::Intrinsic::fptosi_sat, i32x2, f64x2));
    case Opcode::I32X4TruncSatF64X2UZero:
      return push_low(saturate(llvm::Intrinsic::fptoui_sat, i32x2, f64x2));
    case Opcode::F32X4DemoteF64X2Zero:
      return push_low(builder_.CreateFPTrunc(pop_vector(f64x2), f32x2));
    case Opcode::F64X2PromoteLowF32X4:
      push_vector(builder_.CreateFPExt(shuffle_low_or_high(pop_vector(f32x4), false), f64x2));
      return true;
    default:
      return false;
  }
}

}  // namespace linden::jit
