// call_indirect. Where the table is a constant of the module and few of its functions have the type
// that is called, the call is a choice between direct calls, which can be inlined; otherwise the
// slot is loaded, checked and called.
//
// Where a function of another type is a trap, the check ends in it. In modules of the lind ABI the
// call goes to an adapter instead (ModuleTranslator::mismatch_adapter): it takes the place of the
// code that is called, so that what follows the check is the same for both, and costs the call of a
// function of the right type nothing.

#include <llvm/IR/MDBuilder.h>

#include "jit/function_translator.h"

namespace linden::jit {
namespace {

// Every target may be inlined at every call. With eight, a loop of virtual calls alone gained (up
// to 30 % where the order was predictable, nothing where it was not), SQLite and Duktape nothing
// that could be measured, and SQLite's code grew by 3 %.
constexpr size_t kMaxDirectTargets = 4;
constexpr size_t kMaxDirectSlots = 8;

}  // namespace

// Finds what slot `index` of a table holds, checks its type and makes it ready to be called.
llvm::Value* FunctionTranslator::load_indirect_code(uint32_t table, uint32_t type_index,
                                                    llvm::Value* index) {
  const std::vector<uint32_t>& slots = parent_.plan().constant_tables[table];
  const bool is_constant = !slots.empty();
  llvm::Value* wide_index = builder_.CreateZExt(index, i64());
  llvm::Value* entries = nullptr;
  llvm::Value* size = nullptr;
  if (is_constant) {
    entries = parent_.constant_table(table);
    size = builder_.getInt64(slots.size());
  } else {
    llvm::Value* data =
        load_instance_element(offsetof(InstanceData, tables), pointer_type(), table);
    entries = load_runtime(pointer_type(), data, offsetof(TableData, entries));
    size = load_runtime(i64(), data, offsetof(TableData, size));
  }
  trap_if(builder_.CreateICmpUGE(wide_index, size), TrapCode::UndefinedElement);

  const uint64_t entry_size = is_constant ? sizeof(ConstantTableEntry) : sizeof(TableEntry);
  llvm::Value* entry = builder_.CreateGEP(llvm::ArrayType::get(i8(), entry_size), entries,
                                          wide_index, "", llvm::GEPNoWrapFlags::inBounds());
  static_assert(offsetof(ConstantTableEntry, type_id) == offsetof(TableEntry, type_id));
  llvm::Value* found = load_runtime(i64(), entry, offsetof(TableEntry, type_id));
  const uint32_t type_id = is_constant ? parent_.plan().type_numbers[type_index]
                                       : encode_type_id(module_.types[type_index]);
  llvm::Value* expected =
      type_id != 0
          ? builder_.getInt64(type_id)
          : builder_.CreateZExt(
                load_instance_element(offsetof(InstanceData, type_ids), i32(), type_index), i64());
  llvm::BasicBlock* mismatch = new_block("mismatch");
  llvm::BasicBlock* match = new_block();
  builder_.CreateCondBr(builder_.CreateICmpNE(found, expected), mismatch, match,
                        parent_.unlikely());
  builder_.SetInsertPoint(mismatch);
  trap_if(builder_.CreateICmpEQ(found, builder_.getInt64(0)), TrapCode::IndirectCallToNull);
  llvm::Function* adapter = parent_.mismatch_adapter(type_index, is_constant);
  llvm::BasicBlock* call = match;
  llvm::BasicBlock* adapting = builder_.GetInsertBlock();
  auto load_reference = [&] {
    return load_runtime(pointer_type(), entry, offsetof(TableEntry, reference));
  };
  if (adapter == nullptr) {
    emit_trap(TrapCode::IndirectCallTypeMismatch);
  } else {
    call = new_block("call");
    if (is_constant) {
      store_context(entry, offsetof(Context, constant_callee));
    } else {
      store_context(load_reference(), offsetof(Context, callee));
    }
    builder_.CreateBr(call);
  }

  builder_.SetInsertPoint(match);
  if (!is_constant) store_context(load_reference(), offsetof(Context, callee));
  static_assert(offsetof(ConstantTableEntry, code) == offsetof(TableEntry, code));
  llvm::Value* code = load_runtime(pointer_type(), entry, offsetof(TableEntry, code));
  if (adapter == nullptr) return code;
  builder_.CreateBr(call);
  builder_.SetInsertPoint(call);
  llvm::PHINode* chosen = builder_.CreatePHI(pointer_type(), 2);
  chosen->addIncoming(code, match);
  chosen->addIncoming(adapter, adapting);
  return chosen;
}

// The slots of constant table `table` that a call of the type can reach, by function; empty if
// there are none, too many, or some that are not functions of this module.
FunctionTranslator::DirectTargets FunctionTranslator::find_direct_targets(
    uint32_t table, uint32_t type_index) const {
  DirectTargets targets;
  size_t found = 0;
  const std::vector<uint32_t>& slots = parent_.plan().constant_tables[table];
  for (uint32_t slot = 0; slot < slots.size(); ++slot) {
    const uint32_t function = slots[slot];
    if (function == kEmptySlot || module_.type_of(function) != module_.types[type_index]) continue;
    if (function < module_.imported_functions || ++found > kMaxDirectSlots) return {};
    targets[function].push_back(slot);
    if (targets.size() > kMaxDirectTargets) return {};
  }
  return targets;
}

void FunctionTranslator::emit_indirect_call(uint32_t table, uint32_t type_index, llvm::Value* index,
                                            const std::vector<llvm::Value*>& arguments,
                                            bool is_tail) {
  const DirectTargets targets = is_tail ? DirectTargets() : find_direct_targets(table, type_index);
  if (targets.empty()) {
    emit_call(type_index, load_indirect_code(table, type_index, index), arguments, is_tail);
    return;
  }
  llvm::BasicBlock* elsewhere = new_block("elsewhere");
  llvm::BasicBlock* join = new_block("called");
  llvm::SwitchInst* choice =
      builder_.CreateSwitch(index, elsewhere, static_cast<unsigned>(kMaxDirectSlots));
  const size_t height = stack_.size();
  std::vector<llvm::PHINode*> results;
  auto add_choice = [&](llvm::Value* code) {
    emit_call(type_index, code, arguments, /*is_tail=*/false);
    builder_.CreateBr(join);
    if (results.empty()) {
      llvm::IRBuilder<> at_join(join);
      for (size_t i = height; i < stack_.size(); ++i) {
        results.push_back(
            at_join.CreatePHI(stack_[i]->getType(), static_cast<unsigned>(targets.size() + 1)));
      }
    }
    for (size_t i = 0; i < results.size(); ++i) {
      results[i]->addIncoming(stack_[height + i], builder_.GetInsertBlock());
    }
    stack_.resize(height);
  };
  for (const auto& [function, slots] : targets) {
    llvm::BasicBlock* block = new_block("direct");
    for (uint32_t slot : slots) choice->addCase(builder_.getInt32(slot), block);
    builder_.SetInsertPoint(block);
    add_choice(parent_.function(function));
  }
  builder_.SetInsertPoint(elsewhere);
  llvm::Value* code = load_indirect_code(table, type_index, index);
  if (parent_.mismatch_adapter(type_index, /*is_constant_table=*/true) != nullptr) {
    add_choice(code);
  } else {
    // Nothing but the trap that the checks find is left.
    builder_.CreateUnreachable();
  }
  choice->setMetadata(llvm::LLVMContext::MD_prof, unlikely_default(choice->getNumCases()));
  builder_.SetInsertPoint(join);
  for (llvm::PHINode* result : results) push(result);
}

llvm::MDNode* FunctionTranslator::unlikely_default(unsigned cases) {
  std::vector<uint32_t> weights(cases + 1, 2000);
  weights[0] = 1;
  return llvm::MDBuilder(context()).createBranchWeights(weights);
}

}  // namespace linden::jit
