// A function that keeps the base of linear memory in a frame or a register while it calls another,
// and uses it afterwards, would write to its parent's memory if that call has forked. Nothing in
// LLVM promises that it does not; that it takes calls to write the Context is what we rely on. So
// the result is checked, for every function, where registers are the machine's and only the stack
// is still abstract.
//
// What is tracked, forward through the control-flow graph until nothing changes: which registers
// and stack slots may hold the base, or something computed from it ("tainted"), and which of them
// have held it across a call ("stale"). An instruction is a violation if it
//   * reads something stale,
//   * stores something tainted anywhere but in a stack slot, or
//   * calls with something tainted in an argument register.
// What is loaded through a tainted address is the guest's, and not tainted. A difference of two
// tainted values is not: loops count so. Flags are not followed; a comparison of two addresses
// of one memory tells nothing of where it is.
//
// A stale value that nobody reads may stay where it is: the child never looks at it.

#include "jit/base_check.h"

#include <llvm/ADT/BitVector.h>
#include <llvm/CodeGen/MachineFrameInfo.h>
#include <llvm/CodeGen/MachineFunctionPass.h>
#include <llvm/CodeGen/TargetInstrInfo.h>
#include <llvm/CodeGen/TargetRegisterInfo.h>
#include <llvm/CodeGen/TargetSubtargetInfo.h>
#include <llvm/Target/TargetMachine.h>

#include <deque>

#include "jit/x86_operands.h"

namespace linden::jit {
namespace {

// Register units, then stack slots.
struct Places {
  llvm::BitVector tainted, stale;  // a stale place is tainted as well

  bool join(const Places& other) {
    const bool is_new = other.tainted.test(tainted) || other.stale.test(stale);
    tainted |= other.tainted;
    stale |= other.stale;
    return is_new;
  }
};

class Analysis {
 public:
  Analysis(const llvm::MachineFunction& function, int64_t base_displacement)
      : function_(function),
        registers_(*function.getSubtarget().getRegisterInfo()),
        instructions_(*function.getSubtarget().getInstrInfo()),
        frame_(function.getFrameInfo()),
        base_displacement_(base_displacement),
        places_(registers_.getNumRegUnits() + frame_.getNumObjects()) {}

  // Null if there is none.
  const char* find_violation() {
    if (!loads_base_anywhere()) return nullptr;
    std::vector<Places> at_entry(function_.getNumBlockIDs(),
                                 {llvm::BitVector(places_), llvm::BitVector(places_)});
    std::deque<const llvm::MachineBasicBlock*> work;
    llvm::BitVector is_waiting(function_.getNumBlockIDs(), true);
    for (const llvm::MachineBasicBlock& block : function_) work.push_back(&block);
    while (!work.empty()) {
      const llvm::MachineBasicBlock* block = work.front();
      work.pop_front();
      is_waiting.reset(block->getNumber());
      state_ = at_entry[block->getNumber()];
      for (const llvm::MachineInstr& instruction : *block) {
        if (const char* violation = step(instruction)) return violation;
      }
      for (const llvm::MachineBasicBlock* next : block->successors()) {
        if (at_entry[next->getNumber()].join(state_) && !is_waiting.test(next->getNumber())) {
          is_waiting.set(next->getNumber());
          work.push_back(next);
        }
      }
    }
    return nullptr;
  }

 private:
  bool loads_base_anywhere() const {
    for (const llvm::MachineBasicBlock& block : function_) {
      for (const llvm::MachineInstr& instruction : block) {
        if (loads_base(instruction, memory_reference(instruction))) return true;
      }
    }
    return false;
  }

  bool loads_base(const llvm::MachineInstr& instruction, std::optional<unsigned> first) const {
    if (!first || !instruction.mayLoad()) return false;
    const llvm::MachineOperand& displacement = instruction.getOperand(*first + kDisplacement);
    return displacement.isImm() && displacement.getImm() == base_displacement_ &&
           has_segment(instruction, *first, registers_, "FS");
  }

  // The stack slot that the reference is to.
  std::optional<unsigned> slot_of(const llvm::MachineInstr& instruction,
                                  std::optional<unsigned> first) const {
    if (!first || !instruction.getOperand(*first + kBase).isFI()) return std::nullopt;
    const int index = instruction.getOperand(*first + kBase).getIndex();
    return registers_.getNumRegUnits() +
           static_cast<unsigned>(index + static_cast<int>(frame_.getNumFixedObjects()));
  }

  bool is_any(const llvm::BitVector& places, llvm::MCRegister reg) const {
    return llvm::any_of(registers_.regunits(reg), [&](llvm::MCRegUnit unit) {
      return places.test(static_cast<unsigned>(unit));
    });
  }

  void set(unsigned place, bool tainted) {
    state_.stale.reset(place);
    tainted ? state_.tainted.set(place) : state_.tainted.reset(place);
  }

  const char* step(const llvm::MachineInstr& instruction) {
    if (instruction.isMetaInstruction() && !instruction.isImplicitDef()) return nullptr;
    const std::optional<unsigned> first = memory_reference(instruction);
    const bool is_access = instruction.mayLoadOrStore();
    const std::optional<unsigned> slot =
        is_access ? slot_of(instruction, first) : std::optional<unsigned>();
    bool has_stale = false;
    unsigned tainted = 0;  // operands that are more than an address
    for (unsigned i = 0; i < instruction.getNumOperands(); ++i) {
      const llvm::MachineOperand& operand = instruction.getOperand(i);
      if (!operand.isReg() || !operand.readsReg() || !operand.getReg().isPhysical()) continue;
      const llvm::MCRegister reg = operand.getReg().asMCReg();
      has_stale |= is_any(state_.stale, reg);
      const bool is_address = is_access && first && i >= *first && i < *first + kMemoryOperands;
      if (!is_address && is_any(state_.tainted, reg)) ++tainted;
    }
    if (slot && instruction.mayLoad()) {
      has_stale |= state_.stale.test(*slot);
      if (state_.tainted.test(*slot)) ++tainted;
    }
    if (has_stale) return "uses the base of memory across a call";
    if (instruction.isCall()) {
      if (tainted != 0) return "hands the base of memory to a call";
      cross_call(instruction);
      return nullptr;
    }
    if (instruction.mayStore() && !slot && tainted != 0) return "stores the base of memory";

    const bool is_difference =
        tainted == 2 && instructions_.getName(instruction.getOpcode()).starts_with("SUB64rr");
    const bool taints = (tainted != 0 && !is_difference) || loads_base(instruction, first);
    for (const llvm::MachineOperand& operand : instruction.operands()) {
      if (!operand.isReg() || !operand.isDef() || !operand.getReg().isPhysical()) continue;
      const bool is_flags = llvm::StringRef(registers_.getName(operand.getReg())) == "EFLAGS";
      for (llvm::MCRegUnit unit : registers_.regunits(operand.getReg().asMCReg())) {
        set(static_cast<unsigned>(unit), taints && !is_flags);
      }
    }
    if (slot && instruction.mayStore()) set(*slot, taints);
    return nullptr;
  }

  void cross_call(const llvm::MachineInstr& call) {
    for (unsigned unit = 0; unit < registers_.getNumRegUnits(); ++unit) {
      if (!state_.tainted.test(unit)) continue;
      const llvm::MCRegister root =
          *llvm::MCRegUnitRootIterator(static_cast<llvm::MCRegUnit>(unit), &registers_);
      if (call.modifiesRegister(root, &registers_)) set(unit, false);
    }
    state_.stale |= state_.tainted;
  }

  const llvm::MachineFunction& function_;
  const llvm::TargetRegisterInfo& registers_;
  const llvm::TargetInstrInfo& instructions_;
  const llvm::MachineFrameInfo& frame_;
  const int64_t base_displacement_;
  const unsigned places_;
  Places state_;
};

class BaseCheck : public llvm::MachineFunctionPass {
 public:
  static char ID;
  BaseCheck(FrameReport& report, int64_t base_displacement)
      : MachineFunctionPass(ID), report_(report), base_displacement_(base_displacement) {}
  llvm::StringRef getPassName() const override { return "Linden base check"; }

  bool runOnMachineFunction(llvm::MachineFunction& function) override {
    if (!function.getTarget().getTargetTriple().isX86_64()) return false;
    const char* violation = Analysis(function, base_displacement_).find_violation();
    if (violation != nullptr) {
      report_.violations.push_back(function.getName().str() + " " + violation);
    }
    return false;
  }

 private:
  FrameReport& report_;
  const int64_t base_displacement_;
};
char BaseCheck::ID = 0;

}  // namespace

llvm::MachineFunctionPass* create_base_check_pass(FrameReport& report, int64_t base_displacement) {
  return new BaseCheck(report, base_displacement);
}

}  // namespace linden::jit
