// References and tables (core specification 4.4.2, 4.4.6). Only table.size and call_indirect (in
// translate_call.cpp) are common enough to be inline.

#include "jit/function_translator.h"

namespace linden::jit {

bool FunctionTranslator::translate_table(const Instruction& instruction) {
  llvm::Type* none = builder_.getVoidTy();
  set_location(instruction.offset);
  switch (instruction.opcode) {
    case Opcode::RefNull:
      push(builder_.getInt64(0));
      return true;
    case Opcode::RefIsNull:
      push_bool(builder_.CreateICmpEQ(pop(), builder_.getInt64(0)));
      return true;
    case Opcode::RefFunc:
      push(load_instance_element(offsetof(InstanceData, functions), i64(), instruction.index));
      return true;
    case Opcode::TableGet:
      push(call_helper(Helper::TableGet, i64(), {constant32(instruction.index), pop()}));
      return true;
    case Opcode::TableSet: {
      llvm::Value* reference = pop();
      llvm::Value* index = pop();
      call_helper(Helper::TableSet, none, {constant32(instruction.index), index, reference});
      return true;
    }
    case Opcode::TableSize: {
      llvm::Value* data =
          load_instance_element(offsetof(InstanceData, tables), pointer_type(), instruction.index);
      push(builder_.CreateTrunc(load_runtime(i64(), data, offsetof(TableData, size)), i32()));
      return true;
    }
    case Opcode::TableGrow: {
      llvm::Value* delta = pop();
      llvm::Value* reference = pop();
      push(
          call_helper(Helper::TableGrow, i32(), {constant32(instruction.index), reference, delta}));
      return true;
    }
    case Opcode::TableFill: {
      llvm::Value* count = pop();
      llvm::Value* reference = pop();
      llvm::Value* index = pop();
      call_helper(Helper::TableFill, none,
                  {constant32(instruction.index), index, reference, count});
      return true;
    }
    case Opcode::TableCopy: {
      llvm::Value* count = pop();
      llvm::Value* source = pop();
      llvm::Value* destination = pop();
      call_helper(Helper::TableCopy, none,
                  {constant32(instruction.index), constant32(instruction.index2), destination,
                   source, count});
      return true;
    }
    case Opcode::TableInit: {
      llvm::Value* count = pop();
      llvm::Value* source = pop();
      llvm::Value* destination = pop();
      call_helper(Helper::TableInit, none,
                  {constant32(instruction.index2), constant32(instruction.index), destination,
                   source, count});
      return true;
    }
    case Opcode::ElemDrop:
      call_helper(Helper::ElemDrop, none, {constant32(instruction.index)});
      return true;
    default:
      return false;
  }
}

}  // namespace linden::jit
