// An address in wasm is a 32-bit sum that wraps around, so `a[i]` becomes
//
//     lea   (base, index, 4), %ecx          native: mov (base, index, 4), %eax
//     mov   %gs:(%rcx), %eax
//
// because a 64-bit addressing mode would not wrap. But x86-64 has one that does: with the
// address-size prefix (0x67) base, index and displacement are added modulo 2^32, and the segment's
// base is added after that, in 64 bits. It is the same sum, for one byte instead of an instruction
// and a cycle:
//
//     mov   %gs:(%ebase, %eindex, 4), %eax
//
// LLVM encodes the prefix for operands with 32-bit registers, but selects them only for the x32
// ABI.
//
// Only accesses without a constant offset of their own qualify: the offset of a wasm access is
// added without wrapping, so that an address beyond 2^32 traps instead of reading low memory.

#include "jit/fold_addresses.h"

#include <llvm/ADT/SmallVector.h>
#include <llvm/CodeGen/MachineFunctionPass.h>
#include <llvm/CodeGen/MachineInstr.h>
#include <llvm/CodeGen/MachineRegisterInfo.h>
#include <llvm/CodeGen/TargetInstrInfo.h>
#include <llvm/CodeGen/TargetRegisterInfo.h>
#include <llvm/CodeGen/TargetSubtargetInfo.h>
#include <llvm/Target/TargetMachine.h>

#include <optional>

#include "jit/x86_operands.h"

namespace linden::jit {
namespace {

// More uses of one sum make it cheaper to compute once.
constexpr unsigned kMaxUses = 3;

struct Part {
  llvm::Register reg;
  unsigned subregister = 0;
};

// A sum modulo 2^32.
struct Sum {
  Part base;
  int64_t scale = 1;
  Part index;
  int64_t displacement = 0;
};

class FoldAddresses : public llvm::MachineFunctionPass {
 public:
  static char ID;
  FoldAddresses() : MachineFunctionPass(ID) {}
  llvm::StringRef getPassName() const override { return "Linden address folding"; }

  bool runOnMachineFunction(llvm::MachineFunction& function) override {
    if (!function.getTarget().getTargetTriple().isX86_64()) return false;
    registers_ = &function.getRegInfo();
    instructions_ = function.getSubtarget().getInstrInfo();
    target_registers_ = function.getSubtarget().getRegisterInfo();
    llvm::SmallVector<llvm::MachineInstr*, 32> extensions;
    for (llvm::MachineBasicBlock& block : function) {
      for (llvm::MachineInstr& instruction : block) {
        if (instruction.isSubregToReg()) extensions.push_back(&instruction);
      }
    }
    bool changed = false;
    for (llvm::MachineInstr* extension : extensions) changed |= fold(*extension);
    return changed;
  }

 private:
  // `extension` is the sum as a 64-bit register.
  bool fold(llvm::MachineInstr& extension) {
    const llvm::MachineOperand& source = extension.getOperand(extension.getNumOperands() - 2);
    const llvm::Register wide = extension.getOperand(0).getReg();
    if (!wide.isVirtual() || !source.isReg() || !source.getReg().isVirtual() ||
        source.getSubReg() != 0 || !registers_->hasOneNonDBGUse(source.getReg())) {
      return false;
    }
    llvm::MachineInstr* addition = registers_->getUniqueVRegDef(source.getReg());
    if (addition == nullptr) return false;
    const std::optional<Sum> sum = read_sum(*addition);
    if (!sum.has_value()) return false;

    llvm::SmallVector<std::pair<llvm::MachineInstr*, unsigned>, kMaxUses> uses;
    for (llvm::MachineOperand& use : registers_->use_nodbg_operands(wide)) {
      llvm::MachineInstr* access = use.getParent();
      const std::optional<unsigned> first = plain_memory_operand(*access, wide);
      if (!first.has_value() || access->getParent() != addition->getParent() ||
          uses.size() == kMaxUses) {
        return false;
      }
      uses.push_back({access, *first});
    }
    if (uses.empty()) return false;
    for (auto [access, first] : uses) rewrite(*access, first, *sum);
    // What is left behind is dead, and removed by the pass that follows.
    return true;
  }

  // The position of a memory operand that is %gs:(wide) and nothing else, if it is the only use of
  // `wide` by the instruction.
  std::optional<unsigned> plain_memory_operand(const llvm::MachineInstr& access,
                                               llvm::Register wide) const {
    const llvm::MCInstrDesc& description = access.getDesc();
    // What moves %ah and its kin cannot be encoded with the registers from %r8 on, and wants
    // addresses of the eight others only.
    if (instructions_->getName(access.getOpcode()).contains("NOREX")) return std::nullopt;
    std::optional<unsigned> found;
    for (unsigned i = 0; i < access.getNumOperands(); ++i) {
      const llvm::MachineOperand& operand = access.getOperand(i);
      if (!operand.isReg() || operand.getReg() != wide) continue;
      if (found.has_value()) return std::nullopt;
      found = i;
    }
    if (!found.has_value() || *found + kMemoryOperands > description.getNumOperands()) {
      return std::nullopt;
    }
    for (unsigned i = *found; i < *found + kMemoryOperands; ++i) {
      if (description.operands()[i].OperandType != llvm::MCOI::OPERAND_MEMORY) return std::nullopt;
    }
    const llvm::MachineOperand* operands = &access.getOperand(*found);
    const bool is_plain = operands[kBase].getSubReg() == 0 && operands[kScale].getImm() == 1 &&
                          !operands[kIndex].getReg().isValid() && operands[kDisplacement].isImm() &&
                          operands[kDisplacement].getImm() == 0 &&
                          has_segment(access, *found, *target_registers_, "GS");
    return is_plain ? found : std::nullopt;
  }

  std::optional<Sum> read_sum(const llvm::MachineInstr& addition) const {
    const llvm::StringRef name = instructions_->getName(addition.getOpcode());
    Sum sum;
    if (name == "LEA64_32r") {
      // Operand 0 is the result.
      const llvm::MachineOperand* operands = &addition.getOperand(1);
      if (!operands[kDisplacement].isImm() || operands[kSegment].getReg().isValid() ||
          !read_part(operands[kBase], sum.base) || !read_part(operands[kIndex], sum.index)) {
        return std::nullopt;
      }
      sum.scale = operands[kScale].getImm();
      sum.displacement = operands[kDisplacement].getImm();
      return sum;
    }
    if (name == "MOV32rr") {
      if (!read_part(addition.getOperand(1), sum.base)) return std::nullopt;
      return sum;
    }
    if (name == "ADD32rr" || name == "ADD32ri") {
      // The flags are defined, too; someone may want them.
      for (const llvm::MachineOperand& operand : addition.implicit_operands()) {
        if (operand.isReg() && operand.isDef() && !operand.isDead()) return std::nullopt;
      }
      if (!read_part(addition.getOperand(1), sum.base)) return std::nullopt;
      const llvm::MachineOperand& second = addition.getOperand(2);
      if (second.isImm()) {
        sum.displacement = second.getImm();
      } else if (!read_part(second, sum.index)) {
        return std::nullopt;
      }
      return sum;
    }
    return std::nullopt;
  }

  // The 32-bit register that an operand of the sum is, or is widened from.
  bool read_part(const llvm::MachineOperand& operand, Part& part) const {
    if (!operand.isReg()) return false;
    llvm::Register reg = operand.getReg();
    if (!reg.isValid()) return true;
    if (!reg.isVirtual()) return false;
    part = {reg, operand.getSubReg()};
    if (part.subregister != 0) return true;
    if (target_registers_->getRegSizeInBits(*registers_->getRegClass(reg)) == 32) return true;
    const llvm::MachineInstr* definition = registers_->getUniqueVRegDef(reg);
    if (definition == nullptr) return false;
    const bool is_widening = definition->isSubregToReg() || definition->isInsertSubreg();
    const unsigned last = definition->getNumOperands() - 1;
    if (is_widening && definition->getOperand(last - 1).isReg()) {
      const llvm::MachineOperand& narrow = definition->getOperand(last - 1);
      if (!narrow.getReg().isVirtual()) return false;
      part = {narrow.getReg(), narrow.getSubReg()};
      if (part.subregister != 0) return part.subregister == low_half();
      return target_registers_->getRegSizeInBits(*registers_->getRegClass(part.reg)) == 32;
    }
    part.subregister = low_half();
    return part.subregister != 0;
  }

  unsigned low_half() const {
    for (unsigned i = 1; i < target_registers_->getNumSubRegIndices(); ++i) {
      if (llvm::StringRef(target_registers_->getSubRegIndexName(i)) == "sub_32bit") return i;
    }
    return 0;
  }

  void rewrite(llvm::MachineInstr& access, unsigned first, const Sum& sum) {
    set(access.getOperand(first + kBase), sum.base);
    access.getOperand(first + kScale).setImm(sum.scale);
    set(access.getOperand(first + kIndex), sum.index);
    access.getOperand(first + kDisplacement).setImm(sum.displacement);
  }

  void set(llvm::MachineOperand& operand, const Part& part) {
    operand.setReg(part.reg);
    operand.setSubReg(part.subregister);
    operand.setIsKill(false);
    // It lives longer now than whoever was its last user knew.
    if (part.reg.isVirtual()) registers_->clearKillFlags(part.reg);
  }

  llvm::MachineRegisterInfo* registers_ = nullptr;
  const llvm::TargetInstrInfo* instructions_ = nullptr;
  const llvm::TargetRegisterInfo* target_registers_ = nullptr;
};
char FoldAddresses::ID = 0;

}  // namespace

llvm::MachineFunctionPass* create_fold_addresses_pass() { return new FoldAddresses(); }

}  // namespace linden::jit
