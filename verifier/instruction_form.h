// What the bytes of instructions have in common that differ in registers and numbers alone.
//
// Of the frequent instructions whose operands are in a byte behind the opcode (ModRM), the
// registers are replaced by fixed ones: by 3 where the operand byte has its `reg`, by 1 for the
// other register or the base of an address, by 2 for its index. That leaves the form. A register is
// its number and nothing else, with exceptions that are left out here: the stack pointer as an
// operand, bytes in registers 4 to 7 (which may be %ah and its kin), instructions with operands
// that are not written down, and addresses without base or index, which are forms of their own.
//
// Of all others the form is the bytes themselves, up to their numbers.
#ifndef LINDEN_VERIFIER_INSTRUCTION_FORM_H_
#define LINDEN_VERIFIER_INSTRUCTION_FORM_H_

#include <cstdint>
#include <cstring>

#include "verifier/instruction.h"

namespace linden::verifier {

// As much as is looked at: no instruction is longer than 15 bytes.
inline constexpr unsigned kFormWindow = 16;

// Bytes as they lie in memory.
struct FormBytes {
  uint64_t low, high;

  static FormBytes load(const uint8_t* bytes) {
    FormBytes loaded;
    std::memcpy(&loaded.low, bytes, 8);
    std::memcpy(&loaded.high, bytes + 8, 8);
    return loaded;
  }
  // The first `count` of them, and zeros.
  FormBytes first(unsigned count) const {
    return {low & mask_of(count), count <= 8 ? 0 : high & mask_of(count - 8)};
  }
  static constexpr uint64_t mask_of(unsigned count) {
    return count >= 8 ? UINT64_MAX : (uint64_t{1} << (8 * count)) - 1;
  }
  bool operator==(const FormBytes&) const = default;
};

struct InstructionForm {
  // The instruction with registers replaced, and whatever follows it.
  FormBytes bytes;
  // How many come before the numbers. A guess that is wrong costs time, no more.
  unsigned length;
  // What stands for the registers 3, 1 and 2 of the form; 3, 1 and 2 if nothing was replaced.
  Register reg = 3, base = 1, index = 2;
  bool is_abstract = false;

  // `bytes`: kFormWindow of them can be read.
  explicit InstructionForm(const uint8_t* bytes);
  // Puts the registers into what the form was decoded to.
  void put_registers(Instruction& instruction) const;
};

}  // namespace linden::verifier

#endif
