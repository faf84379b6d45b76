// The operands of machine instructions for x86-64, which LLVM keeps to its own target.
#ifndef LINDEN_JIT_X86_OPERANDS_H_
#define LINDEN_JIT_X86_OPERANDS_H_

#include <llvm/CodeGen/MachineInstr.h>
#include <llvm/CodeGen/TargetRegisterInfo.h>

#include <optional>

namespace linden::jit {

// The operands of a memory reference, from its first.
enum MemoryOperand : unsigned { kBase, kScale, kIndex, kDisplacement, kSegment, kMemoryOperands };

// The position of the first operand of the instruction's memory reference; LEA has one as well.
inline std::optional<unsigned> memory_reference(const llvm::MachineInstr& instruction) {
  const llvm::MCInstrDesc& description = instruction.getDesc();
  for (unsigned i = 0; i + kMemoryOperands <= description.getNumOperands(); ++i) {
    if (description.operands()[i].OperandType == llvm::MCOI::OPERAND_MEMORY) return i;
  }
  return std::nullopt;
}

// Whether a reference that begins there is relative to the segment: "FS", "GS".
inline bool has_segment(const llvm::MachineInstr& instruction, unsigned first,
                        const llvm::TargetRegisterInfo& registers, llvm::StringRef name) {
  const llvm::MachineOperand& segment = instruction.getOperand(first + kSegment);
  return segment.getReg().isPhysical() && registers.getName(segment.getReg()) == name;
}

}  // namespace linden::jit

#endif
