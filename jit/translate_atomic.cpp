// The threads proposal: atomic accesses, wait, notify, fence. All are sequentially consistent; an
// address that is not a multiple of the access size traps.

#include <optional>

#include "jit/function_translator.h"

namespace linden::jit {
namespace {

using Operation = llvm::AtomicRMWInst::BinOp;

#define LINDEN_RMW_CASES(Name)          \
  case Opcode::I32AtomicRmw##Name:      \
  case Opcode::I64AtomicRmw##Name:      \
  case Opcode::I32AtomicRmw8##Name##U:  \
  case Opcode::I32AtomicRmw16##Name##U: \
  case Opcode::I64AtomicRmw8##Name##U:  \
  case Opcode::I64AtomicRmw16##Name##U: \
  case Opcode::I64AtomicRmw32##Name##U

std::optional<Operation> read_modify_write(Opcode::Enum opcode) {
  switch (opcode) {
    LINDEN_RMW_CASES(Add) : return Operation::Add;
    LINDEN_RMW_CASES(Sub) : return Operation::Sub;
    LINDEN_RMW_CASES(And) : return Operation::And;
    LINDEN_RMW_CASES(Or) : return Operation::Or;
    LINDEN_RMW_CASES(Xor) : return Operation::Xor;
    LINDEN_RMW_CASES(Xchg) : return Operation::Xchg;
    default:
      return std::nullopt;
  }
}

}  // namespace

bool FunctionTranslator::translate_atomic(const Instruction& instruction) {
  constexpr auto kOrder = llvm::AtomicOrdering::SequentiallyConsistent;
  set_location(instruction.offset);
  const Opcode opcode = instruction.opcode;
  const uint64_t size = opcode.memory_size();
  llvm::Type* memory_type =
      size == 0 ? nullptr : builder_.getIntNTy(static_cast<unsigned>(size * 8));
  const llvm::Align alignment(size == 0 ? 1 : size);
  auto aligned_address = [&](llvm::Value* index) {
    llvm::Value* address = effective_address(index, instruction.memory_offset);
    if (size > 1) {
      llvm::Value* misaligned = builder_.CreateAnd(address, builder_.getInt64(size - 1));
      trap_if(builder_.CreateICmpNE(misaligned, builder_.getInt64(0)), TrapCode::UnalignedAtomic);
    }
    return address;
  };
  auto pointer = [&](llvm::Value* index) {
    return parent_.sfi().pointer_to(builder_, aligned_address(index));
  };
  auto narrow = [&](llvm::Value* value) { return builder_.CreateZExtOrTrunc(value, memory_type); };

  if (std::optional<Operation> operation = read_modify_write(instruction.opcode)) {
    llvm::Value* value = pop();
    llvm::Value* address = pointer(pop());
    llvm::Value* old =
        builder_.CreateAtomicRMW(*operation, address, narrow(value), alignment, kOrder);
    push(builder_.CreateZExt(old, value->getType()));
    return true;
  }
  switch (instruction.opcode) {
    case Opcode::I32AtomicLoad:
    case Opcode::I32AtomicLoad8U:
    case Opcode::I32AtomicLoad16U:
    case Opcode::I64AtomicLoad:
    case Opcode::I64AtomicLoad8U:
    case Opcode::I64AtomicLoad16U:
    case Opcode::I64AtomicLoad32U: {
      llvm::LoadInst* loaded =
          builder_.CreateAlignedLoad(memory_type, pointer(pop()), alignment, /*isVolatile=*/true);
      loaded->setAtomic(kOrder);
      const bool is_i64 = opcode.returns_i64();
      push(builder_.CreateZExt(loaded, is_i64 ? i64() : i32()));
      return true;
    }
    case Opcode::I32AtomicStore:
    case Opcode::I32AtomicStore8:
    case Opcode::I32AtomicStore16:
    case Opcode::I64AtomicStore:
    case Opcode::I64AtomicStore8:
    case Opcode::I64AtomicStore16:
    case Opcode::I64AtomicStore32: {
      llvm::Value* value = narrow(pop());
      builder_.CreateAlignedStore(value, pointer(pop()), alignment)->setAtomic(kOrder);
      return true;
    }
      LINDEN_RMW_CASES(Cmpxchg) : {
        llvm::Value* replacement = pop();
        llvm::Value* expected = pop();
        llvm::Value* address = pointer(pop());
        llvm::Type* type = replacement->getType();
        // The whole expected value is compared with the widened old one: an operand that does not
        // fit the access matches nothing, but the access itself still happens.
        llvm::Value* narrow_expected = narrow(expected);
        llvm::Value* fits =
            builder_.CreateICmpEQ(builder_.CreateZExt(narrow_expected, type), expected);
        llvm::BasicBlock* exchange = new_block();
        llvm::BasicBlock* read = new_block();
        llvm::BasicBlock* next = new_block();
        builder_.CreateCondBr(fits, exchange, read);
        builder_.SetInsertPoint(exchange);
        llvm::Value* pair = builder_.CreateAtomicCmpXchg(
            address, narrow_expected, narrow(replacement), alignment, kOrder, kOrder);
        llvm::Value* exchanged = builder_.CreateExtractValue(pair, 0);
        builder_.CreateBr(next);
        builder_.SetInsertPoint(read);
        llvm::LoadInst* loaded =
            builder_.CreateAlignedLoad(memory_type, address, alignment, /*isVolatile=*/true);
        loaded->setAtomic(kOrder);
        builder_.CreateBr(next);
        builder_.SetInsertPoint(next);
        llvm::PHINode* old = builder_.CreatePHI(memory_type, 2);
        old->addIncoming(exchanged, exchange);
        old->addIncoming(loaded, read);
        push(builder_.CreateZExt(old, type));
        return true;
      }
    case Opcode::AtomicFence:
      builder_.CreateFence(kOrder);
      return true;
    case Opcode::MemoryAtomicWait32:
    case Opcode::MemoryAtomicWait64: {
      llvm::Value* timeout = pop();
      llvm::Value* expected = pop();
      llvm::Value* address = aligned_address(pop());
      push(call_helper(size == 4 ? Helper::AtomicWait32 : Helper::AtomicWait64, i32(),
                       {address, expected, timeout}));
      return true;
    }
    case Opcode::MemoryAtomicNotify: {
      llvm::Value* count = pop();
      llvm::Value* address = aligned_address(pop());
      push(call_helper(Helper::AtomicNotify, i32(), {address, count}));
      return true;
    }
    default:
      return false;
  }
}

}  // namespace linden::jit
