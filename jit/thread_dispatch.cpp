// An interpreter is a loop around a switch:
//
//     next:     load the instruction; compare its number; load an address from a table; jump to it
//     add:      ...; jump to next
//     multiply: ...; jump to next
//
// That is two jumps for each instruction that it interprets, one of which always goes to the same
// place, and a single indirect jump from which all handlers are reached. Where a handler jumps to
// `next`, this pass puts a copy of `next`: one jump less, and the processor can tell which handler
// mostly comes after which. It is what programs written with computed gotos do; wasm has none.
//
// It is done on placed machine code: values are in registers already, so a copy needs no phis, of
// which there would be as many as handlers times handlers, and no later pass merges what is alike.
//
// What is copied is a trace: the block that is jumped to, and those that it falls through to, up to
// the one that jumps by a table. Branches out of the trace are copied as they are.
//
// Before that, whatever jumps within a loop to a few instructions and another jump gets a copy of
// them: a round of a scanner's loop often ends so, and a jump to a jump costs it a cycle or two,
// more than its work if it lies badly.

#include "jit/thread_dispatch.h"

#include <llvm/CodeGen/MachineDominators.h>
#include <llvm/CodeGen/MachineFunctionPass.h>
#include <llvm/CodeGen/MachineInstr.h>
#include <llvm/CodeGen/MachineJumpTableInfo.h>
#include <llvm/CodeGen/MachineLoopInfo.h>
#include <llvm/CodeGen/TargetInstrInfo.h>
#include <llvm/CodeGen/TargetSubtargetInfo.h>

#include <vector>

namespace linden::jit {
namespace {

constexpr size_t kMostBlocks = 8;
constexpr size_t kMostInstructions = 32;
// In instructions, for each function.
constexpr size_t kMostGrowth = 8192;
// Of a switch that is no interpreter's, copies are but larger code.
constexpr size_t kFewestCopies = 4;
// In instructions, with the jump.
constexpr size_t kShortTail = 4;

using Trace = std::vector<llvm::MachineBasicBlock*>;

class ThreadDispatch : public llvm::MachineFunctionPass {
 public:
  static char ID;
  ThreadDispatch() : MachineFunctionPass(ID) {}
  llvm::StringRef getPassName() const override { return "Linden dispatch threading"; }

  bool runOnMachineFunction(llvm::MachineFunction& function) override {
    instructions_ = function.getSubtarget().getInstrInfo();
    llvm::MachineDominatorTree dominators(function);
    const llvm::MachineLoopInfo loops(dominators);
    bool changed = copy_short_tails(function, loops);
    const llvm::MachineJumpTableInfo* tables = function.getJumpTableInfo();
    if (tables == nullptr || tables->isEmpty()) return changed;
    size_t growth = 0;
    std::vector<llvm::MachineBasicBlock*> heads;
    for (llvm::MachineBasicBlock& block : function) {
      if (loops.getLoopFor(&block) != nullptr) heads.push_back(&block);
    }
    for (llvm::MachineBasicBlock* head : heads) {
      std::vector<llvm::MachineBasicBlock*> jumping = blocks_jumping_to(*head);
      // A copy is worth its room if it runs again and again.
      llvm::erase_if(jumping, [&](llvm::MachineBasicBlock* block) {
        return !loops.getLoopFor(head)->contains(block);
      });
      if (jumping.size() < kFewestCopies) continue;
      size_t size = 0;
      const Trace trace = trace_from(*head, size);
      if (trace.empty() || growth + size * jumping.size() > kMostGrowth) continue;
      growth += size * jumping.size();
      for (llvm::MachineBasicBlock* block : jumping) {
        if (!llvm::is_contained(trace, block)) copy_behind(*block, trace);
      }
      changed = true;
    }
    return changed;
  }

 private:
  struct Branches {
    llvm::MachineBasicBlock* taken = nullptr;
    llvm::MachineBasicBlock* other = nullptr;  // null: the next block
    llvm::SmallVector<llvm::MachineOperand, 4> condition;
  };

  std::optional<Branches> branches_of(llvm::MachineBasicBlock& block) const {
    Branches branches;
    if (instructions_->analyzeBranch(block, branches.taken, branches.other, branches.condition)) {
      return std::nullopt;
    }
    return branches;
  }

  // Those that end with a jump to it, or with a branch that can be turned about, so that a copy can
  // come behind.
  std::vector<llvm::MachineBasicBlock*> blocks_jumping_to(llvm::MachineBasicBlock& head) const {
    std::vector<llvm::MachineBasicBlock*> found;
    for (llvm::MachineBasicBlock* block : head.predecessors()) {
      const std::optional<Branches> branches = branches_of(*block);
      if (!branches) continue;
      const bool jumps =
          branches->condition.empty() ? branches->taken == &head : branches->other == &head;
      if (jumps || falls_into_copy_if_reversed(*block, *branches, head)) found.push_back(block);
    }
    return found;
  }

  // A conditional branch to it, which goes on with the next block otherwise.
  bool falls_into_copy_if_reversed(llvm::MachineBasicBlock& block, const Branches& branches,
                                   const llvm::MachineBasicBlock& head) const {
    llvm::SmallVector<llvm::MachineOperand, 4> condition = branches.condition;
    return !condition.empty() && branches.taken == &head && branches.other == nullptr &&
           block.getNextNode() != nullptr && !instructions_->reverseBranchCondition(condition);
  }

  // Whether it ends with a jump, and nothing else leads out of it.
  bool jumps_on(llvm::MachineBasicBlock& block) const {
    const std::optional<Branches> branches = branches_of(block);
    return branches && branches->taken != nullptr && branches->condition.empty();
  }

  static bool may_be_copied(const llvm::MachineInstr& instruction) {
    return !instruction.isCall() && !instruction.isNotDuplicable() && !instruction.isPosition() &&
           !instruction.isInlineAsm();
  }

  bool copy_short_tails(llvm::MachineFunction& function, const llvm::MachineLoopInfo& loops) {
    std::vector<std::pair<llvm::MachineBasicBlock*, llvm::MachineBasicBlock*>> found;
    for (llvm::MachineBasicBlock& tail : function) {
      const llvm::MachineLoop* loop = loops.getLoopFor(&tail);
      if (loop == nullptr || tail.size() > kShortTail || tail.isEHPad() || tail.hasAddressTaken() ||
          !jumps_on(tail) || !llvm::all_of(tail, may_be_copied)) {
        continue;
      }
      for (llvm::MachineBasicBlock* block : blocks_jumping_to(tail)) {
        if (block != &tail && loop->contains(block)) found.push_back({block, &tail});
      }
    }
    bool changed = false;
    for (auto [block, tail] : found) {
      // It may have got a copy itself, which it falls through to.
      if (!jumps_on(*tail)) continue;
      copy_behind(*block, {tail});
      changed = true;
    }
    return changed;
  }

  static bool is_table_jump(const llvm::MachineInstr& instruction) {
    return instruction.isIndirectBranch() && instruction.isBarrier();
  }

  // Empty if there is none, or if it is too long.
  Trace trace_from(llvm::MachineBasicBlock& head, size_t& size) const {
    Trace trace;
    for (llvm::MachineBasicBlock* block = &head; trace.size() < kMostBlocks;) {
      if (block->isEHPad() || block->hasAddressTaken() || llvm::is_contained(trace, block)) break;
      for (const llvm::MachineInstr& instruction : *block) {
        if (!may_be_copied(instruction) || ++size > kMostInstructions) return {};
      }
      trace.push_back(block);
      if (!block->empty() && is_table_jump(block->back())) return trace;
      const std::optional<Branches> branches = branches_of(*block);
      llvm::MachineBasicBlock* next = block->getNextNode();
      if (!branches || branches->other != nullptr || next == nullptr ||
          (branches->taken != nullptr && branches->condition.empty())) {
        break;
      }
      block = next;
    }
    return {};
  }

  void copy_behind(llvm::MachineBasicBlock& block, const Trace& trace) {
    llvm::MachineFunction& function = *block.getParent();
    Branches branches = *branches_of(block);
    if (falls_into_copy_if_reversed(block, branches, *trace.front())) {
      branches.taken = block.getNextNode();
      instructions_->reverseBranchCondition(branches.condition);
    }
    const llvm::DebugLoc location = block.findBranchDebugLoc();
    instructions_->removeBranch(block);
    std::vector<llvm::MachineBasicBlock*> copies;
    for (llvm::MachineBasicBlock* original : trace) {
      llvm::MachineBasicBlock* copy = function.CreateMachineBasicBlock(original->getBasicBlock());
      function.insert(std::next((copies.empty() ? &block : copies.back())->getIterator()), copy);
      for (const auto& live : original->liveins()) copy->addLiveIn(live);
      for (const llvm::MachineInstr& instruction : *original) {
        copy->push_back(function.CloneMachineInstr(&instruction));
      }
      copies.push_back(copy);
    }
    for (size_t i = 0; i < trace.size(); ++i) {
      for (auto next = trace[i]->succ_begin(); next != trace[i]->succ_end(); ++next) {
        const bool is_within = i + 1 < trace.size() && *next == trace[i + 1];
        copies[i]->copySuccessor(trace[i], next);
        if (is_within) copies[i]->replaceSuccessor(*next, copies[i + 1]);
      }
    }
    block.replaceSuccessor(trace.front(), copies.front());
    // Last, because some conditions need a branch to what comes next, too.
    if (!branches.condition.empty()) {
      instructions_->insertBranch(block, branches.taken, nullptr, branches.condition, location);
    }
  }

  const llvm::TargetInstrInfo* instructions_ = nullptr;
};
char ThreadDispatch::ID = 0;

}  // namespace

llvm::MachineFunctionPass* create_thread_dispatch_pass() { return new ThreadDispatch(); }

}  // namespace linden::jit
