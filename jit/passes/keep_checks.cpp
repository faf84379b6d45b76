// The verifier (docs/sfi.md) looks at one function at a time, and believes an index only if the
// code compares it. LLVM leaves comparisons out whose outcome it knows otherwise: from the
// arguments of every call of a function, from an earlier comparison of something else that the
// index was made of, from a guest's `unreachable`. This pass, behind all others, puts back what is
// missing:
//
//   * a switch whose default cannot be reached gets one that traps, so that its jump table has a
//     bound;
//   * a load from an array of constants (the slots of a table, or values that a switch chose from)
//     whose index no comparison on the way bounds gets one;
//   * a slot that is about to be called, and whose type nothing on the way compares, is looked at:
//     an empty one has none. The test is where the slot is put into the Context, which happens only
//     if it is called: a load may be in front of what decides that.
//
// These are two or three instructions, in few places. None of the traps is ever taken, or LLVM
// would have kept the comparison. The comparison is of a copy that LLVM can know nothing of, and
// the load's address is computed from that copy.

#include <llvm/ADT/MapVector.h>
#include <llvm/IR/Constants.h>
#include <llvm/IR/Dominators.h>
#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/InlineAsm.h>
#include <llvm/IR/Instructions.h>
#include <llvm/IR/IntrinsicInst.h>
#include <llvm/IR/Operator.h>
#include <llvm/Transforms/Utils/BasicBlockUtils.h>

#include <vector>

#include "jit/abi.h"
#include "jit/passes/passes.h"
#include "jit/runtime_symbols.h"

namespace linden::jit {
namespace {

// How far up the dominator tree a comparison is looked for.
constexpr int kMaximumDistance = 64;

// What is known of arguments and results without a comparison, code generation would use as well.
void forget_ranges(llvm::Function& function) {
  for (llvm::Argument& argument : function.args()) {
    argument.removeAttr(llvm::Attribute::Range);
  }
  for (llvm::BasicBlock& block : function) {
    for (llvm::Instruction& instruction : block) {
      if (auto* call = llvm::dyn_cast<llvm::CallBase>(&instruction)) {
        call->removeRetAttr(llvm::Attribute::Range);
        if (llvm::Function* callee = call->getCalledFunction()) {
          if (!callee->isIntrinsic()) callee->removeRetAttr(llvm::Attribute::Range);
        }
      }
      instruction.setMetadata(llvm::LLVMContext::MD_range, nullptr);
    }
  }
}

void emit_trap(llvm::BasicBlock* block) {
  llvm::IRBuilder<> builder(block);
  builder
      .CreateIntrinsic(llvm::Intrinsic::ubsantrap, {},
                       {builder.getInt8(static_cast<uint8_t>(TrapCode::Unreachable))})
      ->setDoesNotReturn();
  builder.CreateUnreachable();
}

bool give_default_to_switches(llvm::Function& function) {
  std::vector<llvm::SwitchInst*> open;
  for (llvm::BasicBlock& block : function) {
    auto* choice = llvm::dyn_cast<llvm::SwitchInst>(block.getTerminator());
    // Fewer cases become no table.
    constexpr unsigned kFewest = 4;
    if (choice != nullptr && choice->getNumCases() >= kFewest &&
        llvm::isa<llvm::UnreachableInst>(&choice->getDefaultDest()->front())) {
      open.push_back(choice);
    }
  }
  for (llvm::SwitchInst* choice : open) {
    llvm::BasicBlock* trap = llvm::BasicBlock::Create(function.getContext(), "", &function);
    emit_trap(trap);
    llvm::BasicBlock* before = choice->getDefaultDest();
    before->removePredecessor(choice->getParent());
    choice->setDefaultDest(trap);
  }
  return !open.empty();
}

// A load at `array` + `constant` + `scale` * `index`.
struct IndexedLoad {
  llvm::LoadInst* load = nullptr;
  llvm::GetElementPtrInst* address = nullptr;  // that the index belongs to
  llvm::Value* index = nullptr;                // of 64 bits
  uint64_t limit = 0;                          // the index must be less
};

class CheckKeeper {
 public:
  explicit CheckKeeper(llvm::Function& function)
      : function_(function), layout_(function.getDataLayout()) {}

  bool run() {
    std::vector<IndexedLoad> loads;
    for (llvm::BasicBlock& block : function_) {
      for (llvm::Instruction& instruction : block) {
        auto* load = llvm::dyn_cast<llvm::LoadInst>(&instruction);
        IndexedLoad found;
        if (load != nullptr && find_index(*load, found)) loads.push_back(found);
      }
    }
    bool changed = false;
    for (const IndexedLoad& load : loads) {
      // An earlier one may have taken its address.
      IndexedLoad now;
      if (!find_index(*load.load, now)) continue;
      tree_.recalculate(function_);
      if (is_bounded(now)) continue;
      insert_check(now);
      changed = true;
    }
    for (llvm::StoreInst* store : stores_of_callee()) {
      tree_.recalculate(function_);
      if (is_type_compared(*store)) continue;
      insert_test_for_empty(*store);
      changed = true;
    }
    return changed;
  }

 private:
  bool find_index(llvm::LoadInst& load, IndexedLoad& found) const {
    llvm::Value* pointer = load.getPointerOperand();
    llvm::APInt constant(64, 0);
    while (auto* element = llvm::dyn_cast<llvm::GEPOperator>(pointer)) {
      llvm::SmallMapVector<llvm::Value*, llvm::APInt, 4> variable;
      if (!element->collectOffset(layout_, 64, variable, constant)) return false;
      pointer = element->getPointerOperand();
      if (variable.empty()) continue;
      auto* instruction = llvm::dyn_cast<llvm::GetElementPtrInst>(element);
      if (variable.size() > 1 || found.index != nullptr || instruction == nullptr) return false;
      found.index = variable.front().first;
      found.address = instruction;
      scale_ = variable.front().second.getZExtValue();
    }
    auto* array = llvm::dyn_cast<llvm::GlobalVariable>(pointer);
    // What it is initialised with may be in another part of the module.
    if (array == nullptr || !array->isConstant() || found.index == nullptr ||
        !found.index->getType()->isIntegerTy(64)) {
      return false;
    }
    const uint64_t size = layout_.getTypeAllocSize(array->getValueType());
    const uint64_t end = constant.getZExtValue() + layout_.getTypeStoreSize(load.getType());
    if (constant.isNegative() || end > size || scale_ == 0) return false;
    found.load = &load;
    found.limit = (size - end) / scale_ + 1;
    return true;
  }

  // Whether a comparison of the very index, or of what it is the extension of, is passed on every
  // way. What bounds it by itself is seen in the code too.
  bool is_bounded(const IndexedLoad& load) const {
    llvm::Value* narrow = load.index;
    if (auto* extension = llvm::dyn_cast<llvm::ZExtInst>(narrow)) {
      narrow = extension->getOperand(0);
      const unsigned bits = narrow->getType()->getIntegerBitWidth();
      if (bits < 32 && (uint64_t{1} << bits) <= load.limit) return true;
    }
    if (auto* masked = llvm::dyn_cast<llvm::BinaryOperator>(narrow)) {
      auto* mask = llvm::dyn_cast<llvm::ConstantInt>(masked->getOperand(1));
      if (masked->getOpcode() == llvm::Instruction::And && mask != nullptr &&
          mask->getValue().ult(load.limit)) {
        return true;
      }
    }
    const llvm::DomTreeNode* node = tree_.getNode(load.load->getParent());
    for (int distance = 0;
         node != nullptr && node->getIDom() != nullptr && distance < kMaximumDistance;
         ++distance, node = node->getIDom()) {
      // The edge from the dominator must be the way in.
      llvm::BasicBlock* block = node->getBlock();
      llvm::BasicBlock* from = block->getSinglePredecessor();
      if (from == nullptr) continue;
      if (is_bounded_by(from->getTerminator(), block, load, narrow)) return true;
    }
    return false;
  }

  static bool is_bounded_by(llvm::Instruction* end, llvm::BasicBlock* to, const IndexedLoad& load,
                            llvm::Value* narrow) {
    auto is_index = [&](llvm::Value* value) { return value == load.index || value == narrow; };
    if (auto* choice = llvm::dyn_cast<llvm::SwitchInst>(end)) {
      if (!is_index(choice->getCondition()) || choice->getDefaultDest() == to) return false;
      for (auto& one : choice->cases()) {
        if (one.getCaseSuccessor() == to && !one.getCaseValue()->getValue().ult(load.limit)) {
          return false;
        }
      }
      return true;
    }
    auto* branch = llvm::dyn_cast<llvm::BranchInst>(end);
    if (branch == nullptr || !branch->isConditional() ||
        branch->getSuccessor(0) == branch->getSuccessor(1)) {
      return false;
    }
    auto* comparison = llvm::dyn_cast<llvm::ICmpInst>(branch->getCondition());
    if (comparison == nullptr || !is_index(comparison->getOperand(0))) return false;
    auto* bound = llvm::dyn_cast<llvm::ConstantInt>(comparison->getOperand(1));
    if (bound == nullptr) return false;
    const llvm::CmpInst::Predicate holds = branch->getSuccessor(0) == to
                                               ? comparison->getPredicate()
                                               : comparison->getInversePredicate();
    switch (holds) {
      case llvm::CmpInst::ICMP_ULT:
        return bound->getValue().ule(load.limit);
      case llvm::CmpInst::ICMP_ULE:
      case llvm::CmpInst::ICMP_EQ:
        return bound->getValue().ult(load.limit);
      default:
        return false;
    }
  }

  void insert_check(const IndexedLoad& load) {
    llvm::IRBuilder<> builder(load.load);
    llvm::Type* word = builder.getInt64Ty();
    // The same register, and nothing that happens: but nobody knows.
    llvm::InlineAsm* copy = llvm::InlineAsm::get(llvm::FunctionType::get(word, {word}, false), "",
                                                 "=r,0", /*hasSideEffects=*/false);
    llvm::CallInst* index = builder.CreateCall(copy, {load.index});
    index->setDoesNotAccessMemory();
    index->setDoesNotThrow();
    llvm::Value* is_beyond = builder.CreateICmpUGE(index, builder.getInt64(load.limit));
    llvm::Instruction* trap = llvm::SplitBlockAndInsertIfThen(is_beyond, load.load->getIterator(),
                                                              /*Unreachable=*/true);
    llvm::BasicBlock* trapping = trap->getParent();
    trap->eraseFromParent();
    emit_trap(trapping);
    tree_.recalculate(function_);
    // The old address's users from here on have the new one.
    auto* address = llvm::cast<llvm::GetElementPtrInst>(load.address->clone());
    address->insertBefore(load.load->getIterator());
    for (unsigned i = 1; i < address->getNumOperands(); ++i) {
      if (address->getOperand(i) == load.index) address->setOperand(i, index);
    }
    replace_dominated(load.address, address, load.load);
  }

  // Where a slot of a constant table becomes the one that is called.
  std::vector<llvm::StoreInst*> stores_of_callee() const {
    std::vector<llvm::StoreInst*> stores;
    const llvm::GlobalVariable* context = context_symbol(*function_.getParent());
    for (llvm::BasicBlock& block : function_) {
      for (llvm::Instruction& instruction : block) {
        auto* store = llvm::dyn_cast<llvm::StoreInst>(&instruction);
        if (store == nullptr || !store->getValueOperand()->getType()->isPointerTy()) continue;
        llvm::APInt offset(64, 0);
        const llvm::Value* base = store->getPointerOperand()->stripAndAccumulateConstantOffsets(
            layout_, offset, /*AllowNonInbounds=*/true);
        if (base == context && offset == offsetof(Context, constant_callee)) {
          stores.push_back(store);
        }
      }
    }
    return stores;
  }

  // Whether on every way a branch has asked for the type in the slot.
  bool is_type_compared(const llvm::StoreInst& store) const {
    const llvm::Value* slot = store.getValueOperand();
    auto is_its_type = [&](const llvm::Value* value) {
      auto* load = llvm::dyn_cast<llvm::LoadInst>(value);
      if (load == nullptr || !load->getType()->isIntegerTy(64)) return false;
      llvm::APInt offset(64, 0);
      const llvm::Value* base = load->getPointerOperand()->stripAndAccumulateConstantOffsets(
          layout_, offset, /*AllowNonInbounds=*/true);
      return base == slot && offset == offsetof(ConstantTableEntry, type_id);
    };
    const llvm::DomTreeNode* node = tree_.getNode(store.getParent());
    for (int distance = 0;
         node != nullptr && node->getIDom() != nullptr && distance < kMaximumDistance;
         ++distance, node = node->getIDom()) {
      const llvm::BasicBlock* block = node->getBlock();
      const llvm::BasicBlock* from = block->getSinglePredecessor();
      if (from == nullptr) continue;
      if (auto* choice = llvm::dyn_cast<llvm::SwitchInst>(from->getTerminator())) {
        const llvm::ConstantInt* zero =
            llvm::ConstantInt::get(llvm::Type::getInt64Ty(function_.getContext()), 0);
        if (is_its_type(choice->getCondition()) &&
            choice->findCaseValue(zero)->getCaseSuccessor() != block) {
          return true;
        }
        continue;
      }
      auto* branch = llvm::dyn_cast<llvm::BranchInst>(from->getTerminator());
      if (branch == nullptr || !branch->isConditional()) continue;
      auto* comparison = llvm::dyn_cast<llvm::ICmpInst>(branch->getCondition());
      if (comparison == nullptr || !comparison->isEquality() ||
          !is_its_type(comparison->getOperand(0))) {
        continue;
      }
      // It is something that is not 0, or it is not 0.
      const bool is_equal = (branch->getSuccessor(0) == block) ==
                            (comparison->getPredicate() == llvm::CmpInst::ICMP_EQ);
      auto* constant = llvm::dyn_cast<llvm::ConstantInt>(comparison->getOperand(1));
      if (constant != nullptr && constant->isZero() != is_equal) return true;
    }
    return false;
  }

  void insert_test_for_empty(llvm::StoreInst& store) {
    llvm::IRBuilder<> builder(&store);
    llvm::Value* place = builder.CreateInBoundsPtrAdd(
        store.getValueOperand(), builder.getInt64(offsetof(ConstantTableEntry, type_id)));
    // Not to be taken together with another load, of which everything is known.
    llvm::LoadInst* type = builder.CreateAlignedLoad(builder.getInt64Ty(), place, llvm::Align(8),
                                                     /*isVolatile=*/true);
    llvm::Instruction* trap = llvm::SplitBlockAndInsertIfThen(
        builder.CreateIsNull(type), store.getIterator(), /*Unreachable=*/true);
    llvm::BasicBlock* trapping = trap->getParent();
    trap->eraseFromParent();
    emit_trap(trapping);
  }

  // Addresses that are computed from the old one before `from`, and used later, are computed again.
  void replace_dominated(llvm::Value* old, llvm::Instruction* now, llvm::Instruction* from) {
    std::vector<llvm::Use*> uses;
    for (llvm::Use& use : old->uses()) uses.push_back(&use);
    for (llvm::Use* use : uses) {
      auto* user = llvm::cast<llvm::Instruction>(use->getUser());
      if (user != now && tree_.dominates(now, *use)) {
        use->set(now);
        continue;
      }
      auto* element = llvm::dyn_cast<llvm::GetElementPtrInst>(user);
      if (element == nullptr || use->getOperandNo() != 0 || element->use_empty()) continue;
      auto* again = element->clone();
      again->setOperand(0, now);
      again->insertBefore(from->getIterator());
      replace_dominated(element, again, from);
      if (again->use_empty()) again->eraseFromParent();
    }
  }

  llvm::Function& function_;
  const llvm::DataLayout& layout_;
  llvm::DominatorTree tree_;
  mutable uint64_t scale_ = 0;
};

}  // namespace

llvm::PreservedAnalyses KeepChecksPass::run(llvm::Function& function,
                                            llvm::FunctionAnalysisManager&) {
  forget_ranges(function);
  bool changed = give_default_to_switches(function);
  changed |= CheckKeeper(function).run();
  return changed ? llvm::PreservedAnalyses::none() : llvm::PreservedAnalyses::all();
}

}  // namespace linden::jit
