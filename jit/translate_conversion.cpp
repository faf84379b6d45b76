// Conversions between number types (core specification 4.3.4).

#include <llvm/IR/Intrinsics.h>

#include "jit/function_translator.h"

namespace linden::jit {

bool FunctionTranslator::translate_conversion(const Instruction& instruction) {
  auto cast = [&](llvm::Instruction::CastOps operation, llvm::Type* to) {
    push(builder_.CreateCast(operation, pop(), to));
    return true;
  };
  auto saturate = [&](llvm::Intrinsic::ID id, llvm::Type* to) {
    llvm::Value* value = pop();
    push(builder_.CreateIntrinsic(id, {to, value->getType()}, {value}));
    return true;
  };
  // Traps unless the truncated value fits. The bounds are exclusive where the type can represent
  // the first value that does not fit, and `low_inclusive` where it cannot.
  auto truncate = [&](bool is_signed, llvm::Type* to, double low, bool low_inclusive, double high) {
    set_location(instruction.offset);
    llvm::Value* value = pop();
    llvm::Type* from = value->getType();
    llvm::Value* above = low_inclusive
                             ? builder_.CreateFCmpOGE(value, llvm::ConstantFP::get(from, low))
                             : builder_.CreateFCmpOGT(value, llvm::ConstantFP::get(from, low));
    llvm::Value* below = builder_.CreateFCmpOLT(value, llvm::ConstantFP::get(from, high));
    llvm::BasicBlock* failed = new_block("trap");
    llvm::BasicBlock* next = new_block();
    builder_.CreateCondBr(builder_.CreateNot(builder_.CreateAnd(above, below)), failed, next,
                          parent_.unlikely());
    builder_.SetInsertPoint(failed);
    trap_if(builder_.CreateFCmpUNO(value, value), TrapCode::InvalidConversion);
    emit_trap(TrapCode::IntegerOverflow);
    builder_.SetInsertPoint(next);
    push(is_signed ? builder_.CreateFPToSI(value, to) : builder_.CreateFPToUI(value, to));
    return true;
  };
  constexpr double k2To31 = 2147483648.0, k2To32 = 4294967296.0;
  constexpr double k2To63 = 9223372036854775808.0, k2To64 = 18446744073709551616.0;

  switch (instruction.opcode) {
    case Opcode::I32WrapI64:
      return cast(llvm::Instruction::Trunc, i32());
    case Opcode::I64ExtendI32S:
      return cast(llvm::Instruction::SExt, i64());
    case Opcode::I64ExtendI32U:
      return cast(llvm::Instruction::ZExt, i64());
    case Opcode::I32TruncF32S:
      return truncate(true, i32(), -k2To31, true, k2To31);
    case Opcode::I32TruncF64S:
      return truncate(true, i32(), -k2To31 - 1, false, k2To31);
    case Opcode::I64TruncF32S:
    case Opcode::I64TruncF64S:
      return truncate(true, i64(), -k2To63, true, k2To63);
    case Opcode::I32TruncF32U:
    case Opcode::I32TruncF64U:
      return truncate(false, i32(), -1.0, false, k2To32);
    case Opcode::I64TruncF32U:
    case Opcode::I64TruncF64U:
      return truncate(false, i64(), -1.0, false, k2To64);
    case Opcode::I32TruncSatF32S:
    case Opcode::I32TruncSatF64S:
      return saturate(llvm::Intrinsic::fptosi_sat, i32());
    case Opcode::I32TruncSatF32U:
    case Opcode::I32TruncSatF64U:
      return saturate(llvm::Intrinsic::fptoui_sat, i32());
    case Opcode::I64TruncSatF32S:
    case Opcode::I64TruncSatF64S:
      return saturate(llvm::Intrinsic::fptosi_sat, i64());
    case Opcode::I64TruncSatF32U:
    case Opcode::I64TruncSatF64U:
      return saturate(llvm::Intrinsic::fptoui_sat, i64());
    case Opcode::F32ConvertI32S:
    case Opcode::F32ConvertI64S:
      return cast(llvm::Instruction::SIToFP, f32());
    case Opcode::F32ConvertI32U:
    case Opcode::F32ConvertI64U:
      return cast(llvm::Instruction::UIToFP, f32());
    case Opcode::F64ConvertI32S:
    case Opcode::F64ConvertI64S:
      return cast(llvm::Instruction::SIToFP, f64());
    case Opcode::F64ConvertI32U:
    case Opcode::F64ConvertI64U:
      return cast(llvm::Instruction::UIToFP, f64());
    case Opcode::F32DemoteF64: {
      llvm::Value* value = pop();
      // demote(promote(x)) is folded to x, which may be a signalling NaN.
      if (auto* promoted = llvm::dyn_cast<llvm::FPExtInst>(value)) {
        push(quiet(promoted->getOperand(0)));
      } else {
        push(builder_.CreateFPTrunc(value, f32()));
      }
      return true;
    }
    case Opcode::F64PromoteF32:
      return cast(llvm::Instruction::FPExt, f64());
    case Opcode::I32ReinterpretF32:
      return cast(llvm::Instruction::BitCast, i32());
    case Opcode::I64ReinterpretF64:
      return cast(llvm::Instruction::BitCast, i64());
    case Opcode::F32ReinterpretI32:
      return cast(llvm::Instruction::BitCast, f32());
    case Opcode::F64ReinterpretI64:
      return cast(llvm::Instruction::BitCast, f64());
    default:
      return false;
  }
}

}  // namespace linden::jit
