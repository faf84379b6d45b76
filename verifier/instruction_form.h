// What the bytes of instructions have in common that differ in registers and numbers alone.
//
// Of the frequent instructions whose operands are in a byte behind the opcode (ModRM), the
// registers are replaced by fixed ones: by 3 where the operand byte has its `reg`, by 1 for the
// other register or the base of an address, by 2 for its index. That leaves the form. A register is
// its number and nothing else, with exceptions that are left out here: the stack pointer as an
// operand, bytes in registers 4 to 7 (which may be %ah and its kin), instructions with operands
// that are not written down, and addresses without base or index, which are forms of their own.
//
// Of all others the form is the bytes themselves, up to their numbers; but with the same vector
// registers wherever an instruction with a VEX prefix has no others, since the proof has no
// business with them.
#ifndef LINDEN_VERIFIER_INSTRUCTION_FORM_H_
#define LINDEN_VERIFIER_INSTRUCTION_FORM_H_

#include <array>
#include <cstdint>
#include <cstring>

#include "verifier/instruction.h"

namespace linden::verifier {

// As much as is looked at: no instruction is longer than 15 bytes.
inline constexpr unsigned kFormWindow = 16;

// Bytes as they lie in memory.
struct FormBytes {
  uint64_t low = 0, high = 0;

  static FormBytes load(const uint8_t* bytes) {
    FormBytes loaded;
    std::memcpy(&loaded.low, bytes, 8);
    std::memcpy(&loaded.high, bytes + 8, 8);
    return loaded;
  }
  // The first `count` of them, and zeros. At most kFormWindow.
  FormBytes first(unsigned count) const;
  bool operator==(const FormBytes& other) const {
    return ((low ^ other.low) | (high ^ other.high)) == 0;
  }
};

// By how many bytes are kept.
inline constexpr auto kFormMasks = [] {
  std::array<FormBytes, kFormWindow + 1> masks{};
  for (unsigned count = 1; count <= kFormWindow; ++count) {
    masks[count].low = count >= 8 ? UINT64_MAX : (uint64_t{1} << 8 * count) - 1;
    masks[count].high = count <= 8 ? 0 : UINT64_MAX >> (8 * (kFormWindow - count));
  }
  return masks;
}();

inline FormBytes FormBytes::first(unsigned count) const {
  return {low & kFormMasks[count].low, high & kFormMasks[count].high};
}

struct InstructionForm {
  // The instruction with registers replaced, and whatever follows it.
  FormBytes bytes;
  // How many come before the numbers. A guess that is wrong costs time, no more.
  unsigned length;
  // The whole instruction's, with its numbers. A guess, too: it lets the next one be looked at
  // before this one has been found.
  unsigned whole = 0;
  // What stands for the registers 3, 1 and 2 of the form; 3, 1 and 2 if nothing was replaced.
  Register reg = 3, base = 1, index = 2;
  bool is_abstract = false;

  // `bytes`: kFormWindow of them can be read.
  explicit InstructionForm(const uint8_t* bytes);
  // Puts the registers into what the form was decoded to.
  void put_registers(Instruction& instruction) const;

 private:
  void read_vector(const uint8_t* code, unsigned at, bool is_short);
};

}  // namespace linden::verifier

#endif
