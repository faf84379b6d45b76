#include "verifier/instruction.h"

namespace linden::verifier {
namespace {

constexpr uint16_t kChangedByCalls = 0b0000'1111'1101'0111;  // all but rbx rbp r12-r15

uint16_t bit_of(Register reg) {
  return reg < kRegisters ? static_cast<uint16_t>(1u << reg) : uint16_t{0};
}

}  // namespace

void Instruction::find_registers() {
  used = defined = 0;
  if (operation == Operation::Nop || operation == Operation::Trap) return;
  if (has_memory || operation == Operation::Lea) used = bit_of(memory.base) | bit_of(memory.index);
  if (operation == Operation::Other) {
    used |= writes_part;
    defined = writes | writes32 | writes_part;
    return;
  }
  if (operation == Operation::Pop) {
    defined = bit_of(source_register);
    return;
  }
  // What goes to linear memory is the guest's.
  const bool is_store = has_memory && memory.is_written && memory.segment == Segment::Gs;
  if (source == Place::Register && !is_store) used |= bit_of(source_register);
  used |= bit_of(count_register);
  if (operation == Operation::Call) defined = kChangedByCalls;
  if (destination != Place::Register) return;
  const uint16_t to = bit_of(destination_register);
  const bool is_test = operation == Operation::Compare || operation == Operation::Test;
  if (!is_test) defined = to;
  const bool replaces =
      width >= 4 && (operation == Operation::Move || operation == Operation::MoveSigned ||
                     operation == Operation::Lea);
  if (!replaces) used |= to;
  const bool is_zero = operation == Operation::Xor && width >= 4 && source == Place::Register &&
                       source_register == destination_register;
  if (is_zero) used &= static_cast<uint16_t>(~to);
}

}  // namespace linden::verifier
