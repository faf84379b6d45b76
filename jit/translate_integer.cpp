// i32 and i64 arithmetic and comparisons (core specification 4.3.2).

#include <llvm/IR/Intrinsics.h>

#include "jit/function_translator.h"

namespace linden::jit {

bool FunctionTranslator::translate_integer(const Instruction& instruction) {
  using Predicate = llvm::CmpInst::Predicate;
  auto compare = [&](Predicate predicate) {
    llvm::Value* right = pop();
    llvm::Value* left = pop();
    push_bool(builder_.CreateICmp(predicate, left, right));
    return true;
  };
  auto binary = [&](llvm::Instruction::BinaryOps operation) {
    llvm::Value* right = pop();
    llvm::Value* left = pop();
    push(builder_.CreateBinOp(operation, left, right));
    return true;
  };
  // Wasm takes the shift count modulo the width; LLVM leaves larger counts undefined. x86 masks by
  // itself, so the `and` disappears.
  auto shift = [&](llvm::Instruction::BinaryOps operation) {
    llvm::Value* count = pop();
    llvm::Value* value = pop();
    llvm::Value* mask =
        llvm::ConstantInt::get(count->getType(), count->getType()->getIntegerBitWidth() - 1);
    push(builder_.CreateBinOp(operation, value, builder_.CreateAnd(count, mask)));
    return true;
  };
  auto rotate = [&](llvm::Intrinsic::ID funnel) {
    llvm::Value* count = pop();
    llvm::Value* value = pop();
    push(builder_.CreateIntrinsic(funnel, {value->getType()}, {value, value, count}));
    return true;
  };
  auto count_bits = [&](llvm::Intrinsic::ID id) {
    llvm::Value* value = pop();
    if (id == llvm::Intrinsic::ctpop) {
      push(builder_.CreateUnaryIntrinsic(id, value));
    } else {
      push(builder_.CreateBinaryIntrinsic(id, value, builder_.getFalse()));
    }
    return true;
  };
  auto divide = [&](llvm::Instruction::BinaryOps operation) {
    set_location(instruction.offset);
    llvm::Value* right = pop();
    llvm::Value* left = pop();
    llvm::Type* type = left->getType();
    trap_if(builder_.CreateICmpEQ(right, llvm::ConstantInt::get(type, 0)),
            TrapCode::IntegerDivideByZero);
    llvm::Value* minus_one = llvm::ConstantInt::getAllOnesValue(type);
    if (operation == llvm::Instruction::SDiv) {
      llvm::Value* minimum =
          llvm::ConstantInt::get(type, llvm::APInt::getSignedMinValue(type->getIntegerBitWidth()));
      trap_if(builder_.CreateAnd(builder_.CreateICmpEQ(left, minimum),
                                 builder_.CreateICmpEQ(right, minus_one)),
              TrapCode::IntegerOverflow);
    } else if (operation == llvm::Instruction::SRem) {
      // x rem -1 is 0, also where the division itself would overflow.
      right = builder_.CreateSelect(builder_.CreateICmpEQ(right, minus_one),
                                    llvm::ConstantInt::get(type, 1), right);
    }
    push(builder_.CreateBinOp(operation, left, right));
    return true;
  };
  auto sign_extend = [&](llvm::Type* narrow) {
    llvm::Value* value = pop();
    push(builder_.CreateSExt(builder_.CreateTrunc(value, narrow), value->getType()));
    return true;
  };

  switch (instruction.opcode) {
    case Opcode::I32Eqz:
    case Opcode::I64Eqz: {
      if (stack_.back()->getType() == i32()) {
        push_bool(builder_.CreateNot(pop_condition()));
        return true;
      }
      push(builder_.getInt64(0));
      return compare(Predicate::ICMP_EQ);
    }
    case Opcode::I32Eq:
    case Opcode::I64Eq:
      return compare(Predicate::ICMP_EQ);
    case Opcode::I32Ne:
    case Opcode::I64Ne:
      return compare(Predicate::ICMP_NE);
    case Opcode::I32LtS:
    case Opcode::I64LtS:
      return compare(Predicate::ICMP_SLT);
    case Opcode::I32LtU:
    case Opcode::I64LtU:
      return compare(Predicate::ICMP_ULT);
    case Opcode::I32GtS:
    case Opcode::I64GtS:
      return compare(Predicate::ICMP_SGT);
    case Opcode::I32GtU:
    case Opcode::I64GtU:
      return compare(Predicate::ICMP_UGT);
    case Opcode::I32LeS:
    case Opcode::I64LeS:
      return compare(Predicate::ICMP_SLE);
    case Opcode::I32LeU:
    case Opcode::I64LeU:
      return compare(Predicate::ICMP_ULE);
    case Opcode::I32GeS:
    case Opcode::I64GeS:
      return compare(Predicate::ICMP_SGE);
    case Opcode::I32GeU:
    case Opcode::I64GeU:
      return compare(Predicate::ICMP_UGE);
    case Opcode::I32Add:
    case Opcode::I64Add:
      return binary(llvm::Instruction::Add);
    case Opcode::I32Sub:
    case Opcode::I64Sub:
      return binary(llvm::Instruction::Sub);
    case Opcode::I32Mul:
    case Opcode::I64Mul:
      return binary(llvm::Instruction::Mul);
    case Opcode::I32And:
    case Opcode::I64And:
      return binary(llvm::Instruction::And);
    case Opcode::I32Or:
    case Opcode::I64Or:
      return binary(llvm::Instruction::Or);
    case Opcode::I32Xor:
    case Opcode::I64Xor:
      return binary(llvm::Instruction::Xor);
    case Opcode::I32DivS:
    case Opcode::I64DivS:
      return divide(llvm::Instruction::SDiv);
    case Opcode::I32DivU:
    case Opcode::I64DivU:
      return divide(llvm::Instruction::UDiv);
    case Opcode::I32RemS:
    case Opcode::I64RemS:
      return divide(llvm::Instruction::SRem);
    case Opcode::I32RemU:
    case Opcode::I64RemU:
      return divide(llvm::Instruction::URem);
    case Opcode::I32Shl:
    case Opcode::I64Shl:
      return shift(llvm::Instruction::Shl);
    case Opcode::I32ShrS:
    case Opcode::I64ShrS:
      return shift(llvm::Instruction::AShr);
    case Opcode::I32ShrU:
    case Opcode::I64ShrU:
      return shift(llvm::Instruction::LShr);
    case Opcode::I32Rotl:
    case Opcode::I64Rotl:
      return rotate(llvm::Intrinsic::fshl);
    case Opcode::I32Rotr:
    case Opcode::I64Rotr:
      return rotate(llvm::Intrinsic::fshr);
    case Opcode::I32Clz:
    case Opcode::I64Clz:
      return count_bits(llvm::Intrinsic::ctlz);
    case Opcode::I32Ctz:
    case Opcode::I64Ctz:
      return count_bits(llvm::Intrinsic::cttz);
    case Opcode::I32Popcnt:
    case Opcode::I64Popcnt:
      return count_bits(llvm::Intrinsic::ctpop);
    case Opcode::I32Extend8S:
    case Opcode::I64Extend8S:
      return sign_extend(i8());
    case Opcode::I32Extend16S:
    case Opcode::I64Extend16S:
      return sign_extend(i16());
    case Opcode::I64Extend32S:
      return sign_extend(i32());
    default:
      return false;
  }
}

}  // namespace linden::jit
