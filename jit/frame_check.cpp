// fork copies the frames of a guest to another stack at another address, byte by byte. That is
// sound if no word in a frame is an address of the stack itself. Just before prologues are
// inserted, the stack is still abstract: every reference to it is a frame-index operand. A load or
// store through one is fine (the address is formed from rsp each time); anything else, an LEA,
// would make the address a value that can be spilled. Frame pointers, realignment and
// variable-sized objects put addresses in frames by themselves. All of them are rejected; none
// should ever occur, given the attributes that the translator sets, so a rejection is our bug and
// fails the compilation instead of a guest's fork.

#include "jit/frame_check.h"

#include <llvm/CodeGen/MachineFrameInfo.h>
#include <llvm/CodeGen/MachineFunctionPass.h>
#include <llvm/CodeGen/TargetFrameLowering.h>
#include <llvm/CodeGen/TargetRegisterInfo.h>
#include <llvm/CodeGen/TargetSubtargetInfo.h>

namespace linden::jit {
namespace {

const char* find_violation(const llvm::MachineFunction& function) {
  const llvm::MachineFrameInfo& frame = function.getFrameInfo();
  const llvm::TargetSubtargetInfo& subtarget = function.getSubtarget();
  if (frame.hasVarSizedObjects()) return "has a variable-sized stack object";
  if (subtarget.getRegisterInfo()->hasStackRealignment(function)) return "realigns its stack";
  if (subtarget.getFrameLowering()->hasFP(function)) return "uses a frame pointer";
  if (frame.isFrameAddressTaken()) return "takes its frame address";
  if (frame.isReturnAddressTaken()) return "takes its return address";
  if (frame.hasOpaqueSPAdjustment()) return "adjusts its stack pointer opaquely";
  for (const llvm::MachineBasicBlock& block : function) {
    for (const llvm::MachineInstr& instruction : block) {
      if (instruction.isDebugInstr() || instruction.mayLoadOrStore()) continue;
      for (const llvm::MachineOperand& operand : instruction.operands()) {
        if (operand.isFI()) return "computes the address of a stack slot";
      }
    }
  }
  return nullptr;
}

class StackAddressCheck : public llvm::MachineFunctionPass {
 public:
  static char ID;
  explicit StackAddressCheck(FrameReport& report) : MachineFunctionPass(ID), report_(report) {}
  llvm::StringRef getPassName() const override { return "Linden stack address check"; }

  bool runOnMachineFunction(llvm::MachineFunction& function) override {
    const char* violation = find_violation(function);
    if (violation != nullptr) {
      report_.violations.push_back(function.getName().str() + " " + violation);
    }
    return false;
  }

 private:
  FrameReport& report_;
};
char StackAddressCheck::ID = 0;

class FrameSizeRecorder : public llvm::MachineFunctionPass {
 public:
  static char ID;
  explicit FrameSizeRecorder(FrameReport& report) : MachineFunctionPass(ID), report_(report) {}
  llvm::StringRef getPassName() const override { return "Linden frame size recorder"; }

  bool runOnMachineFunction(llvm::MachineFunction& function) override {
    const uint64_t size = function.getFrameInfo().getStackSize();
    report_.frame_sizes[function.getName().str()] = static_cast<uint32_t>(size);
    if (size > kMaxFrameSize) {
      report_.violations.push_back(function.getName().str() + " needs a frame of " +
                                   std::to_string(size) + " bytes");
    }
    return false;
  }

 private:
  FrameReport& report_;
};
char FrameSizeRecorder::ID = 0;

}  // namespace

llvm::MachineFunctionPass* create_stack_address_check_pass(FrameReport& report) {
  return new StackAddressCheck(report);
}

llvm::MachineFunctionPass* create_frame_size_recorder_pass(FrameReport& report) {
  return new FrameSizeRecorder(report);
}

}  // namespace linden::jit
