// memory.size, grow, copy, fill, init and data.drop. All but the first and short constant lengths
// are the runtime's work, which checks bounds before it writes anything.

#include "jit/function_translator.h"

namespace linden::jit {
namespace {

// Up to here copying inline, through vector registers, beats a call.
constexpr uint64_t kMaxInlineLength = 64;

// Splits a length into pieces of 16, 8, 4, 2 and 1 bytes: (offset, size), descending offsets.
std::vector<std::pair<uint64_t, uint64_t>> pieces_from_the_end(uint64_t length) {
  std::vector<std::pair<uint64_t, uint64_t>> pieces;
  uint64_t offset = 0;
  for (uint64_t size : {16, 8, 4, 2, 1}) {
    while (length - offset >= size) {
      pieces.push_back({offset, size});
      offset += size;
    }
  }
  std::reverse(pieces.begin(), pieces.end());
  return pieces;
}

const llvm::ConstantInt* short_constant(llvm::Value* length) {
  auto* constant = llvm::dyn_cast<llvm::ConstantInt>(length);
  return constant != nullptr && !constant->isZero() && constant->getZExtValue() <= kMaxInlineLength
             ? constant
             : nullptr;
}

}  // namespace

bool FunctionTranslator::translate_bulk_memory(const Instruction& instruction) {
  llvm::Type* none = builder_.getVoidTy();
  set_location(instruction.offset);
  switch (instruction.opcode) {
    case Opcode::MemorySize: {
      llvm::Value* instance = load_context(pointer_type(), offsetof(Context, instance));
      llvm::Value* size =
          load_runtime(pointer_type(), instance, offsetof(InstanceData, memory_size));
      llvm::LoadInst* bytes = builder_.CreateAlignedLoad(i64(), size, llvm::Align(8));
      bytes->setAtomic(llvm::AtomicOrdering::Monotonic);
      push(builder_.CreateTrunc(builder_.CreateLShr(bytes, 16), i32()));
      return true;
    }
    case Opcode::MemoryGrow:
      push(call_helper(Helper::MemoryGrow, i32(), {pop()}));
      return true;
    case Opcode::MemoryCopy: {
      llvm::Value* length = pop();
      llvm::Value* source = pop();
      llvm::Value* destination = pop();
      const llvm::ConstantInt* constant = short_constant(length);
      if (constant == nullptr) {
        call_helper(Helper::MemoryCopy, none, {destination, source, length});
        return true;
      }
      // The accessible part of memory is a prefix, so touching the highest byte first (and for
      // good: volatile) traps before anything is written.
      auto pieces = pieces_from_the_end(constant->getZExtValue());
      std::vector<llvm::Value*> values;
      for (auto [offset, size] : pieces) {
        llvm::Type* type = builder_.getIntNTy(static_cast<unsigned>(size * 8));
        values.push_back(load(type, pointer_to(source, offset)));
      }
      for (size_t i = 0; i < pieces.size(); ++i) {
        store(values[i], pointer_to(destination, pieces[i].first));
        if (i == 0)
          llvm::cast<llvm::StoreInst>(&*std::prev(builder_.GetInsertPoint()))->setVolatile(true);
      }
      return true;
    }
    case Opcode::MemoryFill: {
      llvm::Value* length = pop();
      llvm::Value* value = pop();
      llvm::Value* destination = pop();
      const llvm::ConstantInt* constant = short_constant(length);
      if (constant == nullptr) {
        call_helper(Helper::MemoryFill, none, {destination, value, length});
        return true;
      }
      llvm::Value* byte = builder_.CreateTrunc(value, i8());
      llvm::Value* splat = builder_.CreateVectorSplat(16, byte);
      bool first = true;
      for (auto [offset, size] : pieces_from_the_end(constant->getZExtValue())) {
        llvm::Type* type = builder_.getIntNTy(static_cast<unsigned>(size * 8));
        llvm::Value* wide = builder_.CreateBitCast(splat, builder_.getInt128Ty());
        store(builder_.CreateTrunc(wide, type), pointer_to(destination, offset));
        if (first)
          llvm::cast<llvm::StoreInst>(&*std::prev(builder_.GetInsertPoint()))->setVolatile(true);
        first = false;
      }
      return true;
    }
    case Opcode::MemoryInit: {
      llvm::Value* length = pop();
      llvm::Value* source = pop();
      llvm::Value* destination = pop();
      call_helper(Helper::MemoryInit, none,
                  {constant32(instruction.index), destination, source, length});
      return true;
    }
    case Opcode::DataDrop:
      call_helper(Helper::DataDrop, none, {constant32(instruction.index)});
      return true;
    default:
      return false;
  }
}

}  // namespace linden::jit
