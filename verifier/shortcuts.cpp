// What most instructions do, in a shorter way than by asking the rules, and to the same effect.

#include <cassert>

#include "verifier/function_verifier.h"

namespace linden::verifier {

// The result of most arithmetic: what compute_other() would find of operands of which so little is
// known; nullptr if it has to be asked.
const Value* FunctionVerifier::plain_result(const Instruction& instruction, const Value* left,
                                            const Value* right) {
  const bool is_small = instruction.width == 4;
  if (!is_plain(left) || (!is_small && (instruction.width != 8 || left != &kAny))) return nullptr;
  const bool is_plain_too = is_small ? is_plain(right) : right == &kAny;
  switch (instruction.operation) {
    case Operation::Add:
    case Operation::Subtract:
      // A 32-bit sum with whatever number may be any; so may one of 64 bits with a constant.
      if (!is_small && !is_plain_too && instruction.source != Place::Immediate) return nullptr;
      break;
    case Operation::Or:
    case Operation::Xor:
      if (!is_small && !is_plain_too) return nullptr;
      break;
    case Operation::And:
    case Operation::ConditionalMove:
      if (!is_plain_too) return nullptr;
      break;
    case Operation::Multiply:
      if (!is_plain_too || instruction.has_immediate) return nullptr;
      break;
    default:
      return nullptr;
  }
  return is_small ? &kWordValue : &kAny;
}

// What most instructions do. False: nothing has been done, and step() has to.
bool FunctionVerifier::step_shortly(const Instruction& instruction) {
  const Register to = instruction.destination_register;
  switch (instruction.shortcut) {
    case Shortcut::Nothing:
      return true;
    case Shortcut::Access:
      return stays_in_reservation(instruction.memory);
    case Shortcut::Load:
      if (!stays_in_reservation(instruction.memory)) return false;
      state_->set_plain(to, unsigned_of(instruction.memory.size));
      return true;
    case Shortcut::Copy:
      // Names are for later comparisons.
      if (!is_quick_) return false;
      state_->set(to, narrow(state_->held(instruction.source_register), instruction.width));
      return true;
    case Shortcut::Constant:
      state_->set(to, read_source(instruction));
      return true;
    case Shortcut::Sum: {
      const MemoryOperand& memory = instruction.memory;
      if (memory.base >= kRegisters || memory.base == kRsp) return false;
      if (!memory.address32 && !is_plain(state_->held(memory.base))) return false;
      state_->set_plain(to, &kWordValue);
      return true;
    }
    case Shortcut::Arithmetic: {
      if (matter_flags()) {
        // Flags of sums are asked for more than what is learnt quickly.
        if (!is_quick_ || instruction.operation == Operation::Subtract) return false;
        state_->flags = Flags();
      }
      const Value* left = narrow(state_->held(to), instruction.width);
      const bool is_self =
          instruction.source == Place::Register && instruction.source_register == to;
      if (is_self && instruction.operation == Operation::Xor) {
        state_->set_plain(to, &kZeroValue);
        return true;
      }
      const Value* right =
          instruction.source == Place::Immediate
              ? &kZeroValue
              : narrow(state_->held(instruction.source_register), instruction.source_width);
      const Value* result = plain_result(instruction, left, right);
      if (result == nullptr) return false;
      assert(*result == compute_other(instruction, *left, *read_source(instruction)));
      state_->set_plain(to, result);
      return true;
    }
    case Shortcut::Comparison:
      if (matter_flags()) set_flags(instruction);
      return true;
    default:
      return false;
  }
}

}  // namespace linden::verifier
