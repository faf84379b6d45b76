// f32 and f64 arithmetic and comparisons (core specification 4.3.3).
//
// NaN bits: arithmetic must return a quiet NaN, which the hardware sees to, unless LLVM removes the
// operation: it takes x * 1, x / 1, x - 0 and x + -0 for x, and so would let a signalling NaN
// through. Where the operand is such a constant we ask for the quieting alone (llvm.canonicalize).

#include <llvm/IR/Intrinsics.h>
#include <llvm/IR/PatternMatch.h>

#include "jit/function_translator.h"

namespace linden::jit {
namespace {

using llvm::PatternMatch::m_FPOne;
using llvm::PatternMatch::m_NegZeroFP;
using llvm::PatternMatch::m_PosZeroFP;
using llvm::PatternMatch::m_SpecificFP;
using llvm::PatternMatch::match;

}  // namespace

llvm::Value* FunctionTranslator::quiet(llvm::Value* value) {
  return builder_.CreateUnaryIntrinsic(llvm::Intrinsic::canonicalize, value);
}

llvm::Value* FunctionTranslator::float_add(llvm::Value* a, llvm::Value* b) {
  if (match(a, m_NegZeroFP())) return quiet(b);
  if (match(b, m_NegZeroFP())) return quiet(a);
  return builder_.CreateFAdd(a, b);
}

llvm::Value* FunctionTranslator::float_subtract(llvm::Value* a, llvm::Value* b) {
  if (match(b, m_PosZeroFP())) return quiet(a);
  if (match(a, m_NegZeroFP())) return builder_.CreateFNeg(quiet(b));
  return builder_.CreateFSub(a, b);
}

llvm::Value* FunctionTranslator::float_multiply(llvm::Value* a, llvm::Value* b) {
  for (auto [x, y] : {std::pair(a, b), std::pair(b, a)}) {
    if (match(y, m_FPOne())) return quiet(x);
    if (match(y, m_SpecificFP(-1.0))) return builder_.CreateFNeg(quiet(x));
  }
  return builder_.CreateFMul(a, b);
}

llvm::Value* FunctionTranslator::float_divide(llvm::Value* a, llvm::Value* b) {
  if (match(b, m_FPOne())) return quiet(a);
  if (match(b, m_SpecificFP(-1.0))) return builder_.CreateFNeg(quiet(a));
  return builder_.CreateFDiv(a, b);
}

// min and max order -0 below +0 and return a quiet NaN for any NaN. llvm.minimum and llvm.maximum
// do the same but hand on a signalling NaN as it is; the sum of the operands is the NaN we need.
llvm::Value* FunctionTranslator::float_extremum(llvm::Intrinsic::ID id, llvm::Value* a,
                                                llvm::Value* b) {
  llvm::FastMathFlags no_nans;
  no_nans.setNoNaNs();
  llvm::Value* ordered = builder_.CreateBinaryIntrinsic(id, a, b);
  if (auto* call = llvm::dyn_cast<llvm::CallInst>(ordered)) call->setFastMathFlags(no_nans);
  return builder_.CreateSelect(builder_.CreateFCmpUNO(a, b), builder_.CreateFAdd(a, b), ordered);
}

bool FunctionTranslator::translate_float(const Instruction& instruction) {
  using Predicate = llvm::CmpInst::Predicate;
  auto compare = [&](Predicate predicate) {
    llvm::Value* right = pop();
    llvm::Value* left = pop();
    push_bool(builder_.CreateFCmp(predicate, left, right));
    return true;
  };
  auto unary = [&](llvm::Intrinsic::ID id) {
    push(builder_.CreateUnaryIntrinsic(id, pop()));
    return true;
  };
  auto binary_intrinsic = [&](llvm::Intrinsic::ID id) {
    llvm::Value* right = pop();
    llvm::Value* left = pop();
    push(builder_.CreateBinaryIntrinsic(id, left, right));
    return true;
  };
  auto extremum = [&](llvm::Intrinsic::ID id) {
    llvm::Value* right = pop();
    llvm::Value* left = pop();
    push(float_extremum(id, left, right));
    return true;
  };
  auto arithmetic = [&](llvm::Value* (FunctionTranslator::*operation)(llvm::Value*, llvm::Value*)) {
    llvm::Value* right = pop();
    llvm::Value* left = pop();
    push((this->*operation)(left, right));
    return true;
  };

  switch (instruction.opcode) {
    case Opcode::F32Eq:
    case Opcode::F64Eq:
      return compare(Predicate::FCMP_OEQ);
    case Opcode::F32Ne:
    case Opcode::F64Ne:
      return compare(Predicate::FCMP_UNE);
    case Opcode::F32Lt:
    case Opcode::F64Lt:
      return compare(Predicate::FCMP_OLT);
    case Opcode::F32Gt:
    case Opcode::F64Gt:
      return compare(Predicate::FCMP_OGT);
    case Opcode::F32Le:
    case Opcode::F64Le:
      return compare(Predicate::FCMP_OLE);
    case Opcode::F32Ge:
    case Opcode::F64Ge:
      return compare(Predicate::FCMP_OGE);
    case Opcode::F32Add:
    case Opcode::F64Add:
      return arithmetic(&FunctionTranslator::float_add);
    case Opcode::F32Sub:
    case Opcode::F64Sub:
      return arithmetic(&FunctionTranslator::float_subtract);
    case Opcode::F32Mul:
    case Opcode::F64Mul:
      return arithmetic(&FunctionTranslator::float_multiply);
    case Opcode::F32Div:
    case Opcode::F64Div:
      return arithmetic(&FunctionTranslator::float_divide);
    case Opcode::F32Abs:
    case Opcode::F64Abs:
      return unary(llvm::Intrinsic::fabs);
    case Opcode::F32Neg:
    case Opcode::F64Neg:
      push(builder_.CreateFNeg(pop()));
      return true;
    case Opcode::F32Ceil:
    case Opcode::F64Ceil:
      return unary(llvm::Intrinsic::ceil);
    case Opcode::F32Floor:
    case Opcode::F64Floor:
      return unary(llvm::Intrinsic::floor);
    case Opcode::F32Trunc:
    case Opcode::F64Trunc:
      return unary(llvm::Intrinsic::trunc);
    case Opcode::F32Nearest:
    case Opcode::F64Nearest:
      return unary(llvm::Intrinsic::roundeven);
    case Opcode::F32Sqrt:
    case Opcode::F64Sqrt:
      return unary(llvm::Intrinsic::sqrt);
    case Opcode::F32Min:
    case Opcode::F64Min:
      return extremum(llvm::Intrinsic::minimum);
    case Opcode::F32Max:
    case Opcode::F64Max:
      return extremum(llvm::Intrinsic::maximum);
    case Opcode::F32Copysign:
    case Opcode::F64Copysign:
      return binary_intrinsic(llvm::Intrinsic::copysign);
    default:
      return false;
  }
}

}  // namespace linden::jit
