#include "jit/sfi/memory_access.h"

#include <llvm/IR/Constants.h>
#include <llvm/IR/IntrinsicInst.h>
#include <llvm/IR/PatternMatch.h>

#include <optional>

#include "absl/strings/str_cat.h"
#include "jit/abi.h"
#include "jit/passes/address_terms.h"
#include "jit/runtime_symbols.h"
#include "jit/sfi/strategy.h"

namespace linden::jit {
namespace {

using namespace llvm::PatternMatch;

bool is_pointer_to(const llvm::Value* value, unsigned address_space) {
  auto* type = llvm::dyn_cast<llvm::PointerType>(value->getType()->getScalarType());
  return type != nullptr && type->getAddressSpace() == address_space;
}

bool is_intrinsic(const llvm::Instruction& instruction, llvm::Intrinsic::ID id) {
  auto* intrinsic = llvm::dyn_cast<llvm::IntrinsicInst>(&instruction);
  return intrinsic != nullptr && intrinsic->getIntrinsicID() == id;
}

std::optional<MemoryAccess> read_access(llvm::Instruction& instruction) {
  if (auto* load = llvm::dyn_cast<llvm::LoadInst>(&instruction)) {
    return MemoryAccess{load, load->getPointerOperand(), load->getType(), nullptr, 0, false};
  }
  if (auto* store = llvm::dyn_cast<llvm::StoreInst>(&instruction)) {
    llvm::Type* type = store->getValueOperand()->getType();
    return MemoryAccess{store, store->getPointerOperand(), type, nullptr, 0, true};
  }
  if (auto* update = llvm::dyn_cast<llvm::AtomicRMWInst>(&instruction)) {
    return MemoryAccess{update, update->getPointerOperand(), update->getType(), nullptr, 0, true};
  }
  if (auto* exchange = llvm::dyn_cast<llvm::AtomicCmpXchgInst>(&instruction)) {
    llvm::Type* type = exchange->getCompareOperand()->getType();
    return MemoryAccess{exchange, exchange->getPointerOperand(), type, nullptr, 0, true};
  }
  // Operands: pointer, lanes, and what the other lanes are; or value, pointer, lanes.
  if (is_intrinsic(instruction, llvm::Intrinsic::masked_load)) {
    return MemoryAccess{&instruction,
                        instruction.getOperand(0),
                        instruction.getType(),
                        instruction.getOperand(1),
                        0,
                        false};
  }
  if (is_intrinsic(instruction, llvm::Intrinsic::masked_store)) {
    return MemoryAccess{&instruction,
                        instruction.getOperand(1),
                        instruction.getOperand(0)->getType(),
                        instruction.getOperand(2),
                        0,
                        true};
  }
  return std::nullopt;
}

llvm::Value* add_bytes(llvm::IRBuilder<>& builder, llvm::Value* pointer, llvm::Value* count) {
  return builder.CreateGEP(builder.getInt8Ty(), pointer, count);
}

void set_pointer(const MemoryAccess& access, llvm::IRBuilder<>& builder, llvm::Value* pointer) {
  llvm::Instruction* instruction = access.instruction;
  if (access.lanes == nullptr) {
    for (llvm::Use& use : instruction->operands()) {
      // Never the value that is stored: that is no pointer into linear memory.
      if (use.get() == access.pointer) use.set(pointer);
    }
    return;
  }
  // The type of the pointer is part of an intrinsic's name.
  const bool is_store = access.is_store;
  const llvm::Align alignment =
      llvm::cast<llvm::CallBase>(instruction)->getParamAlign(is_store ? 1 : 0).valueOrOne();
  llvm::Instruction* replacement =
      is_store
          ? builder.CreateMaskedStore(instruction->getOperand(0), pointer, alignment, access.lanes)
          : builder.CreateMaskedLoad(access.type, pointer, alignment, access.lanes,
                                     instruction->getOperand(2));
  replacement->copyMetadata(*instruction);
  instruction->replaceAllUsesWith(replacement);
  instruction->eraseFromParent();
}

}  // namespace

absl::StatusOr<std::vector<MemoryAccess>> find_accesses(llvm::Function& function,
                                                        unsigned address_space) {
  std::vector<MemoryAccess> accesses;
  const llvm::DataLayout& layout = function.getDataLayout();
  for (llvm::BasicBlock& block : function) {
    for (llvm::Instruction& instruction : block) {
      if (!instruction.mayReadOrWriteMemory() ||
          is_intrinsic(instruction, llvm::Intrinsic::prefetch)) {
        continue;
      }
      std::optional<MemoryAccess> access = read_access(instruction);
      if (access && is_pointer_to(access->pointer, address_space)) {
        access->size = layout.getTypeStoreSize(access->type).getFixedValue();
        accesses.push_back(*access);
      } else if (!access && llvm::any_of(instruction.operands(), [&](const llvm::Use& use) {
                   return is_pointer_to(use.get(), address_space);
                 })) {
        return absl::InternalError(absl::StrCat("an access to memory that cannot be confined: ",
                                                instruction.getOpcodeName()));
      }
    }
  }
  return accesses;
}

bool make_pointers_offsets(llvm::Module& module) {
  llvm::GlobalVariable* memory = module.getNamedGlobal(kMemorySymbol);
  if (memory == nullptr) return false;
  memory->replaceAllUsesWith(llvm::ConstantPointerNull::get(memory->getType()));
  memory->eraseFromParent();
  return true;
}

llvm::LoadInst* load_host_address(llvm::IRBuilderBase& builder, size_t offset) {
  llvm::Module& module = *builder.GetInsertBlock()->getModule();
  llvm::LoadInst* loaded =
      builder.CreateAlignedLoad(builder.getPtrTy(), context_field(module, offset), llvm::Align(8));
  loaded->setMetadata(llvm::LLVMContext::MD_tbaa,
                      alias_tag(module.getContext(), AliasClass::Context));
  return loaded;
}

namespace {

// Whether the access went to an offset by its pointer; if not, nothing is changed.
bool add_terms(const MemoryAccess& access, llvm::Value* base) {
  // Term by term and constants last: code generation looks for them in the next steps only.
  llvm::SmallVector<llvm::Value*, 4> variables, constants;
  const llvm::Value* origin = visit_address_terms(access.pointer, [&](llvm::Value* term) {
    llvm::Value *variable = nullptr, *constant = nullptr;
    if (match(term, m_NUWAdd(m_Value(variable), m_Value(constant))) &&
        llvm::isa<llvm::ConstantInt>(constant)) {
      variables.push_back(variable);
      constants.push_back(constant);
    } else {
      (llvm::isa<llvm::ConstantInt>(term) ? constants : variables).push_back(term);
    }
    return true;
  });
  llvm::IRBuilder<> builder(access.instruction);
  if (origin == nullptr || !llvm::isa<llvm::ConstantPointerNull>(origin)) return false;
  if (base == nullptr) base = load_host_address(builder, offsetof(Context, memory_base));
  for (llvm::Value* term : variables) base = add_bytes(builder, base, term);
  for (llvm::Value* term : constants) base = add_bytes(builder, base, term);
  set_pointer(access, builder, base);
  return true;
}

}  // namespace

void redirect(const MemoryAccess& access) {
  if (add_terms(access, nullptr)) return;
  llvm::IRBuilder<> builder(access.instruction);
  redirect(access, builder.CreatePtrToInt(access.pointer, builder.getInt64Ty()));
}

void redirect_by(llvm::Value* base, const MemoryAccess& access) {
  [[maybe_unused]] const bool is_offset = add_terms(access, base);
  assert(is_offset);
}

void redirect(const MemoryAccess& access, llvm::Value* offset) {
  llvm::IRBuilder<> builder(access.instruction);
  llvm::Value* base = load_host_address(builder, offsetof(Context, memory_base));
  set_pointer(access, builder, add_bytes(builder, base, offset));
}

void forget_effects(llvm::Module& module) {
  for (llvm::Function& function : module) {
    if (function.isIntrinsic()) continue;
    function.removeFnAttr(llvm::Attribute::Memory);
    function.removeFnAttr(llvm::Attribute::WillReturn);
    for (llvm::BasicBlock& block : function) {
      for (llvm::Instruction& instruction : block) {
        auto* call = llvm::dyn_cast<llvm::CallBase>(&instruction);
        if (call == nullptr || llvm::isa<llvm::IntrinsicInst>(call)) continue;
        call->removeFnAttr(llvm::Attribute::Memory);
        call->removeFnAttr(llvm::Attribute::WillReturn);
      }
    }
  }
}

void drop_prefetches(llvm::Module& module) {
  for (llvm::Function& function : llvm::make_early_inc_range(module)) {
    if (function.getIntrinsicID() != llvm::Intrinsic::prefetch) continue;
    for (llvm::User* call : llvm::make_early_inc_range(function.users())) {
      llvm::cast<llvm::Instruction>(call)->eraseFromParent();
    }
  }
}

absl::Status confine_accesses(llvm::Module& module, unsigned address_space,
                              llvm::function_ref<void(const MemoryAccess&)> confine) {
  if (!make_pointers_offsets(module)) return absl::OkStatus();
  forget_effects(module);
  drop_prefetches(module);
  for (llvm::Function& function : module) {
    auto accesses = find_accesses(function, address_space);
    if (!accesses.ok()) return accesses.status();
    for (const MemoryAccess& access : *accesses) confine(access);
  }
  return absl::OkStatus();
}

}  // namespace linden::jit
