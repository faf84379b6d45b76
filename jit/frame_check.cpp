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

#include <optional>

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

// The place of one register in SavedRegisters, by its number in DWARF; null if it has none.
std::optional<SavedRegister> saved_register(int dwarf_number) {
  switch (dwarf_number) {
    case 3:
      return SavedRegister::Rbx;
    case 6:
      return SavedRegister::Rbp;
    case 12:
    case 13:
    case 14:
    case 15:
      return static_cast<SavedRegister>(static_cast<int>(SavedRegister::R12) + dwarf_number - 12);
    default:
      return std::nullopt;
  }
}

// Nothing is known here of where in the function the registers are saved (shrink-wrapping): every
// call lies where they are, because a call needs the frame as well.
std::optional<SavedRegisters> find_saved_registers(const llvm::MachineFunction& function) {
  constexpr int64_t kWord = 8;
  SavedRegisters result = 0;
  const llvm::MachineFrameInfo& frame = function.getFrameInfo();
  for (const llvm::CalleeSavedInfo& info : frame.getCalleeSavedInfo()) {
    const llvm::TargetRegisterInfo* registers = function.getSubtarget().getRegisterInfo();
    auto place = saved_register(registers->getDwarfRegNum(info.getReg(), /*isEH=*/true));
    if (!place || info.isSpilledToReg()) return std::nullopt;
    // Offsets are from the caller's stack pointer, just above the return address.
    const int64_t distance = -frame.getObjectOffset(info.getFrameIdx()) / kWord - 1;
    if (distance < 1 || distance > 15) return std::nullopt;
    result |= static_cast<SavedRegisters>(distance) << (4 * static_cast<unsigned>(*place));
  }
  return result;
}

class FrameRecorder : public llvm::MachineFunctionPass {
 public:
  static char ID;
  explicit FrameRecorder(FrameReport& report) : MachineFunctionPass(ID), report_(report) {}
  llvm::StringRef getPassName() const override { return "Linden frame recorder"; }

  bool runOnMachineFunction(llvm::MachineFunction& function) override {
    const uint64_t size = function.getFrameInfo().getStackSize();
    const std::optional<SavedRegisters> saved = find_saved_registers(function);
    report_.frames[function.getName().str()] = {static_cast<uint32_t>(size), saved.value_or(0),
                                                function.getFunctionNumber()};
    if (!saved) {
      report_.violations.push_back(function.getName().str() + " saves registers in unknown places");
    }
    if (size > kMaxFrameSize) {
      report_.violations.push_back(function.getName().str() + " needs a frame of " +
                                   std::to_string(size) + " bytes");
    }
    return false;
  }

 private:
  FrameReport& report_;
};
char FrameRecorder::ID = 0;

}  // namespace

llvm::MachineFunctionPass* create_stack_address_check_pass(FrameReport& report) {
  return new StackAddressCheck(report);
}

llvm::MachineFunctionPass* create_frame_recorder_pass(FrameReport& report) {
  return new FrameRecorder(report);
}

}  // namespace linden::jit
