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

void Instruction::find_shortcut() {
  shortcut = Shortcut::None;
  if (ends_block()) shortcut = Shortcut::End;
  if (uses_stack_pointer || ends_block()) return;
  const bool is_whole = width == 4 || width == 8;
  const bool is_access = has_memory && memory.segment == Segment::Gs;
  const bool is_simple = !has_memory && (source == Place::Register || source == Place::Immediate);
  const bool is_register = destination == Place::Register && is_whole;
  switch (operation) {
    case Operation::Nop:
      shortcut = Shortcut::Nothing;
      break;
    case Operation::Other:
      if ((writes | writes32 | writes_part) != 0 || writes_flags) break;
      if (!has_memory) shortcut = Shortcut::Nothing;
      if (is_access) shortcut = Shortcut::Access;
      break;
    case Operation::Move:
      if (is_access && destination == Place::Memory) shortcut = Shortcut::Access;
      if (is_access && is_register && source == Place::Memory) shortcut = Shortcut::Load;
      if (!has_memory && is_register && source == Place::Register && source_width == width) {
        shortcut = Shortcut::Copy;
      }
      if (!has_memory && is_register && source == Place::Immediate) shortcut = Shortcut::Constant;
      break;
    case Operation::Lea:
      if (is_register && (width == 4 || memory.address32)) shortcut = Shortcut::Sum;
      break;
    case Operation::Add:
    case Operation::Subtract:
    case Operation::And:
    case Operation::Or:
    case Operation::Xor:
      if (is_simple && is_register) shortcut = Shortcut::Arithmetic;
      break;
    case Operation::Compare:
    case Operation::Test:
      if (is_simple && destination == Place::Register) shortcut = Shortcut::Comparison;
      break;
    default:
      break;
  }
}

}  // namespace linden::verifier
