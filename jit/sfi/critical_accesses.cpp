// An access by a segment takes a cycle longer than one by a register, and the processor does not
// forward a store to the next load of the same address expression as quickly as it does otherwise.
// Mostly nobody waits for that. In two cases each round of a loop does, and nothing else:
//
//     p = p->next              the address of a load is what the load gave in the round before
//     count++                  a variable in memory, where registers cannot keep it
//
// Those are addressed by a register that has the base of memory. The base is loaded where it cannot
// be carried across a call, which might fork (docs/fork.md): chases are sought in loops without
// calls, before which it is loaded once; for a counter it is loaded for each access. base_check
// proves it of the machine code. What is chased is carried in 64 bits, and a choice of what comes
// next made between addresses, so that no round waits for an extension or a sum either.
//
// Only small loops, and small functions that call themselves: in others there is enough to be done
// meanwhile, and the base takes a register.

#include "jit/sfi/critical_accesses.h"

#include <llvm/ADT/MapVector.h>
#include <llvm/Analysis/LoopInfo.h>
#include <llvm/IR/Dominators.h>

#include "jit/abi.h"
#include "jit/passes/address_terms.h"
#include "jit/passes/calls.h"
#include "jit/sfi/memory_access.h"

namespace linden::jit {
namespace {

// In instructions of LLVM's. Interpreters' loops and whatever has nested loops are larger.
constexpr size_t kSmallLoop = 40;
constexpr size_t kSmallFunction = 64;
// That a loop is unrolled to.
constexpr size_t kMostRounds = 16;
// Operations between a counter's load and its store.
constexpr unsigned kMaximumChain = 16;

size_t size_of(llvm::ArrayRef<llvm::BasicBlock*> blocks) {
  size_t size = 0;
  for (const llvm::BasicBlock* block : blocks) size += block->size();
  return size;
}

bool calls_itself(const llvm::Function& function) {
  return llvm::any_of(function.users(), [&](const llvm::User* user) {
    auto* call = llvm::dyn_cast<llvm::CallBase>(user);
    return call != nullptr && call->getFunction() == &function;
  });
}

// Visits what `value` is made of, itself first; `visit` says whether to look into it.
void visit_sources(llvm::Value* value, llvm::function_ref<bool(llvm::Value*)> visit) {
  llvm::SmallPtrSet<llvm::Value*, 32> seen;
  llvm::SmallVector<llvm::Value*, 16> work{value};
  while (!work.empty()) {
    value = work.pop_back_val();
    if (!seen.insert(value).second || !visit(value)) continue;
    for (llvm::Value* operand : llvm::cast<llvm::Instruction>(value)->operands()) {
      work.push_back(operand);
    }
  }
}

// Whether the address of `load` depends on what it has loaded in an earlier round.
bool chases(llvm::LoadInst& load, const llvm::Loop& loop) {
  bool found = false;
  visit_sources(load.getPointerOperand(), [&](llvm::Value* value) {
    found |= value == &load;
    auto* instruction = llvm::dyn_cast<llvm::Instruction>(value);
    return !found && instruction != nullptr && loop.contains(instruction);
  });
  return found;
}

std::optional<uint64_t> constant_address(llvm::Value* pointer) {
  const std::optional<IndexedAddress> address = decompose(pointer);
  if (!address || address->index != nullptr ||
      !llvm::isa<llvm::ConstantPointerNull>(address->base)) {
    return std::nullopt;
  }
  return address->offset;
}

// `p = c ? p->left : p->right` is one load from p + (c ? 0 : 4).
llvm::SelectInst* choice_in(llvm::BinaryOperator& sum) {
  if (sum.getOpcode() != llvm::Instruction::Add) return nullptr;
  for (llvm::Value* operand : sum.operands()) {
    auto* choice = llvm::dyn_cast<llvm::SelectInst>(operand);
    if (choice != nullptr && choice->hasOneUse() &&
        llvm::isa<llvm::ConstantInt>(choice->getTrueValue()) &&
        llvm::isa<llvm::ConstantInt>(choice->getFalseValue())) {
      return choice;
    }
  }
  return nullptr;
}

// Makes it a choice between p and p + 4, after which nothing is to be added.
void choose_last(llvm::BinaryOperator& sum, llvm::SelectInst& choice) {
  llvm::Value* pointer = sum.getOperand(sum.getOperand(0) == &choice ? 1 : 0);
  llvm::IRBuilder<> builder(&sum);
  sum.replaceAllUsesWith(builder.CreateSelect(choice.getCondition(),
                                              builder.CreateAdd(pointer, choice.getTrueValue()),
                                              builder.CreateAdd(pointer, choice.getFalseValue())));
  sum.eraseFromParent();
  choice.eraseFromParent();
}

// Whether the segment form adds up what the base form would need another instruction for
// (fold_addresses.h).
bool is_wrapping_sum(const IndexedAddress& address) {
  auto* sum = llvm::dyn_cast_or_null<llvm::BinaryOperator>(address.index);
  return address.offset == 0 && sum != nullptr && choice_in(*sum) == nullptr &&
         (sum->getOpcode() == llvm::Instruction::Add || sum->getOpcode() == llvm::Instruction::Shl);
}

// Carries a pointer from round to round as the 64 bits that address: those of loads are extended
// for nothing, but where they arrive nobody would know that they were.
void widen(llvm::PHINode& pointer) {
  std::vector<llvm::ZExtInst*> extensions;
  for (llvm::User* user : pointer.users()) {
    auto* extension = llvm::dyn_cast<llvm::ZExtInst>(user);
    if (extension != nullptr && extension->getType()->isIntegerTy(64)) {
      extensions.push_back(extension);
    }
  }
  if (extensions.empty()) return;
  llvm::IRBuilder<> builder(&pointer);
  llvm::PHINode* wide = builder.CreatePHI(builder.getInt64Ty(), pointer.getNumIncomingValues());
  for (unsigned i = 0; i < pointer.getNumIncomingValues(); ++i) {
    builder.SetInsertPoint(pointer.getIncomingBlock(i)->getTerminator());
    wide->addIncoming(builder.CreateZExt(pointer.getIncomingValue(i), builder.getInt64Ty()),
                      pointer.getIncomingBlock(i));
  }
  for (llvm::ZExtInst* extension : extensions) {
    extension->replaceAllUsesWith(wide);
    extension->eraseFromParent();
  }
}

class Chooser {
 public:
  Chooser(llvm::Function& function, std::vector<MemoryAccess> accesses)
      : accesses_(std::move(accesses)),
        dominators_(function),
        loops_(dominators_),
        is_small_recursion_(function.getInstructionCount() <= kSmallFunction &&
                            calls_itself(function)) {}

  void run() {
    find_counters();
    llvm::MapVector<llvm::Loop*, std::vector<const MemoryAccess*>> links_of;
    for (const MemoryAccess& access : accesses_) {
      if (is_counter(access)) {
        redirect(access);
      } else if (llvm::Loop* loop = chase_of(access)) {
        links_of[loop].push_back(&access);
      }
    }
    for (auto& [loop, links] : links_of) {
      // An unrolled loop has a load for each round.
      const size_t rounds = loop->getNumBlocks() == 1 ? links.size() : 1;
      if (size_of(loop->getBlocks()) > rounds * kSmallLoop) continue;
      llvm::IRBuilder<> builder(loop->getLoopPredecessor()->getTerminator());
      llvm::Value* base = load_host_address(builder, offsetof(Context, memory_base));
      for (const MemoryAccess* link : links) {
        const std::optional<IndexedAddress> address = decompose(link->pointer);
        auto* sum = llvm::dyn_cast<llvm::BinaryOperator>(address->index);
        llvm::SelectInst* choice = sum != nullptr ? choice_in(*sum) : nullptr;
        if (choice != nullptr) choose_last(*sum, *choice);
        redirect_by(base, *link);
      }
      for (llvm::PHINode& pointer : loop->getHeader()->phis()) {
        if (pointer.getType()->isIntegerTy(32)) widen(pointer);
      }
    }
  }

 private:
  bool is_in_small_loop(const MemoryAccess& access) const {
    llvm::Loop* loop = loops_.getLoopFor(access.instruction->getParent());
    return loop != nullptr && size_of(loop->getBlocks()) <= kSmallLoop;
  }

  // The loop without calls whose rounds the access links.
  llvm::Loop* chase_of(const MemoryAccess& access) const {
    auto* load = llvm::dyn_cast<llvm::LoadInst>(access.instruction);
    llvm::Loop* loop =
        load != nullptr ? loops_.getLoopFor(access.instruction->getParent()) : nullptr;
    if (loop == nullptr || loop->getLoopPredecessor() == nullptr ||
        size_of(loop->getBlocks()) > kMostRounds * kSmallLoop) {
      return nullptr;
    }
    const std::optional<IndexedAddress> address = decompose(access.pointer);
    const bool is_suited = address && llvm::isa<llvm::ConstantPointerNull>(address->base) &&
                           !is_wrapping_sum(*address);
    return is_suited && chases(*load, *loop) && !has_call(*loop) ? loop : nullptr;
  }

  void find_counters() {
    for (const MemoryAccess& access : accesses_) {
      auto* store = llvm::dyn_cast<llvm::StoreInst>(access.instruction);
      if (store == nullptr || (!is_small_recursion_ && !is_in_small_loop(access))) continue;
      const std::optional<uint64_t> address = constant_address(access.pointer);
      if (!address) continue;
      unsigned steps = 0;
      visit_sources(store->getValueOperand(), [&](llvm::Value* value) {
        auto* load = llvm::dyn_cast<llvm::LoadInst>(value);
        if (load != nullptr && load->getPointerAddressSpace() == store->getPointerAddressSpace() &&
            constant_address(load->getPointerOperand()) == address) {
          counters_.insert(*address);
        }
        return ++steps <= kMaximumChain && llvm::isa<llvm::BinaryOperator, llvm::PHINode>(value);
      });
    }
  }

  bool is_counter(const MemoryAccess& access) const {
    if (counters_.empty()) return false;
    const std::optional<uint64_t> address = constant_address(access.pointer);
    return address && counters_.contains(*address);
  }

  const std::vector<MemoryAccess> accesses_;
  llvm::DominatorTree dominators_;
  llvm::LoopInfo loops_;
  const bool is_small_recursion_;
  llvm::SmallDenseSet<uint64_t> counters_;  // addresses
};

}  // namespace

absl::Status address_critical_by_base(llvm::Module& module, unsigned address_space) {
  for (llvm::Function& function : module) {
    if (function.isDeclaration()) continue;
    auto accesses = find_accesses(function, address_space);
    if (!accesses.ok()) return accesses.status();
    if (!accesses->empty()) Chooser(function, *std::move(accesses)).run();
  }
  return absl::OkStatus();
}

}  // namespace linden::jit
