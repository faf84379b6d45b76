// What one instruction does to the state.

#include "verifier/function_verifier.h"

#include "jit/abi.h"

namespace linden::verifier {
namespace {

// Offsets in an image, and what may be added to them without a thought about overflow.
constexpr uint64_t kLargeOffset = uint64_t{1} << 40;

uint64_t round_up(uint64_t number, unsigned alignment) {
  const uint64_t step = uint64_t{1} << alignment;
  return (number + step - 1) & ~(step - 1);
}

uint64_t largest(unsigned width) {
  return width >= 8 ? UINT64_MAX : (uint64_t{1} << (width * 8)) - 1;
}

// The lowest `width` bytes, zero-extended.
Value narrow(const Value& value, unsigned width) {
  if (width >= 8) return value;
  if (width == 4) return value.low_word();
  const Value number = value.as_number();
  if (number.hi <= largest(width)) return number;
  return Value::between(0, width == 1 ? number.byte_hi : largest(width));
}

}  // namespace

FunctionVerifier::Checked FunctionVerifier::step(const Instruction& instruction) {
  if (instruction.operation == Operation::Nop) return std::nullopt;
  if (instruction.uses_stack_pointer) return step_stack_pointer(instruction);
  loaded_ = Value::any();
  loaded_from_ = kNowhere;
  if (instruction.has_memory) {
    if (const Checked failed = access(instruction)) return failed;
  }
  switch (instruction.operation) {
    case Operation::Push:
    case Operation::Pop:
      return step_push_pop(instruction);
    case Operation::Call:
      return check_call(instruction);
    case Operation::Lea:
      if (instruction.memory.base == kRsp) {
        return FailedRule{Rule::Frame, "an address of the stack as a value"};
      }
      break;
    default:
      break;
  }
  step_arithmetic(instruction);
  return std::nullopt;
}

FunctionVerifier::Checked FunctionVerifier::step_stack_pointer(const Instruction& instruction) {
  int64_t change = 0;
  const bool is_sum = instruction.width == 8 && instruction.destination == Place::Register &&
                      instruction.destination_register == kRsp;
  if (is_sum && instruction.operation == Operation::Lea && instruction.memory.base == kRsp &&
      instruction.memory.index == kNoRegister && !instruction.memory.address32) {
    change = -instruction.memory.displacement;
  } else if (is_sum && instruction.source == Place::Immediate &&
             instruction.operation == Operation::Subtract) {
    change = instruction.immediate;
  } else if (is_sum && instruction.source == Place::Immediate &&
             instruction.operation == Operation::Add) {
    change = -instruction.immediate;
  } else {
    return FailedRule{Rule::Frame, "the stack pointer, but in a sum with a constant"};
  }
  const int64_t depth = state_.depth + change;
  if (depth < 0 || depth > static_cast<int64_t>(jit::kMaxFrameSize)) {
    return FailedRule{Rule::Frame, "a frame beyond its bounds"};
  }
  state_.depth = static_cast<int32_t>(depth);
  if (instruction.writes_flags) state_.flags = Flags();
  return std::nullopt;
}

FunctionVerifier::Checked FunctionVerifier::step_push_pop(const Instruction& instruction) {
  constexpr int32_t kWord = 8;
  if (instruction.operation == Operation::Push) {
    if (state_.depth + kWord > static_cast<int64_t>(jit::kMaxFrameSize)) {
      return FailedRule{Rule::Frame, "a frame beyond its bounds"};
    }
    state_.depth += kWord;
    forget_frame(-state_.depth, -state_.depth + kWord);
    if (instruction.source == Place::Register) {
      const Value& value = state_.registers[instruction.source_register];
      if (!value.is_any()) {
        const Location slot = track_slot(-state_.depth);
        if (slot != kNowhere) copy(slot, instruction.source_register, value);
      }
    }
    return std::nullopt;
  }
  if (state_.depth < kWord) return FailedRule{Rule::Frame, "it takes what is not in its frame"};
  const Location slot = slot_at(-state_.depth);
  state_.set(instruction.source_register, slot == kNowhere ? Value::any() : state_.get(slot));
  state_.depth -= kWord;
  return std::nullopt;
}

// The names that an instruction may give: four.
void FunctionVerifier::name(Location location, uint32_t which) {
  const uint32_t id = current_ * 4 + 1 + which;
  state_.name(location, id, named_[id]);
  named_[id] = true;
}

void FunctionVerifier::name_low(Location location, uint32_t which) {
  const uint32_t id = current_ * 4 + 1 + which;
  state_.name_low(location, id, named_[id]);
  named_[id] = true;
}

// Two places with one value have one name, so that what is learnt of one is learnt of the other.
void FunctionVerifier::copy(Location to, Location from, const Value& value) {
  state_.set(to, value);
  if (from == kNowhere || from == to || value.is_any() || value.id != 0) return;
  name(from, 0);
  if (value.low_id == 0) name_low(from, 1);
  state_.set(to, state_.get(from));
}

// The same for the lower 32 bits, which become all of `to`.
void FunctionVerifier::copy_low(Location to, Location from) {
  if (!state_.get(from).is_number()) return state_.set(to, Value::word());
  if (state_.get(from).low_id == 0) name_low(from, 1);
  state_.set(to, state_.get(from).low_word());
}

// Zero-extended from the width of the source.
Value FunctionVerifier::read_source(const Instruction& instruction) const {
  switch (instruction.source) {
    case Place::Register:
      return narrow(state_.registers[instruction.source_register], instruction.is_direct() ? 8
                                                                   : instruction.source_width == 0
                                                                       ? 8
                                                                       : instruction.source_width);
    case Place::Memory:
      return loaded_;
    case Place::Immediate:
      return Value::constant(static_cast<uint64_t>(instruction.immediate) &
                             largest(instruction.width == 0 ? 8 : instruction.width));
    default:
      return Value::between(0,
                            largest(instruction.source_width == 0 ? 8 : instruction.source_width));
  }
}

Value FunctionVerifier::read_destination(const Instruction& instruction) const {
  return instruction.destination == Place::Register
             ? narrow(state_.registers[instruction.destination_register], instruction.width)
             : loaded_;
}

Value FunctionVerifier::add_pointers(const Value& a, const Value& b) const {
  if (a.is_number() && !b.is_number()) return add_pointers(b, a);
  if (a.kind == Kind::Image && b.is_number() && a.hi < kLargeOffset) {
    if (b.is_exact() && (b.lo < kLargeOffset || 0 - b.lo < kLargeOffset)) {
      Value result = a;
      result.lo += b.lo;
      result.hi += b.lo;
      result.id = result.low_id = 0;
      if (a.origin != 0) result.detail += static_cast<uint32_t>(b.lo);
      result.fact = b.lo == 0 ? a.fact : Fact::None;
      // Below the beginning of the image.
      return result.hi < kLargeOffset ? result : Value::any();
    }
    if (b.hi >= kLargeOffset) return Value::any();
    Value result = Value::image(0);
    result.alignment = a.is_exact() ? b.alignment : std::min(a.alignment, b.alignment);
    result.lo = a.lo + round_up(b.lo, b.alignment);
    result.hi = a.hi + b.hi;
    if (a.is_exact() && b.origin != 0) {
      result.origin = b.origin;
      result.origin_shift = b.origin_shift;
      result.detail = static_cast<uint32_t>(a.lo);
    }
    if (a.is_exact() && b.fact == Fact::FilledConstant && b.scale == 1 && b.detail == a.lo) {
      result.fact = Fact::Filled;
    }
    return result;
  }
  if (a.kind == Kind::Image && a.is_exact() && b.kind == Kind::JumpOffset) {
    return add_pointers(b, a);
  }
  if (a.kind == Kind::JumpOffset && b.kind == Kind::Image && b.is_exact() && b.lo <= UINT32_MAX) {
    Value result = a;
    result.kind = Kind::JumpTarget;
    result.detail = static_cast<uint32_t>(b.lo);
    result.id = 0;
    return result;
  }
  if (a.kind == Kind::TableEntries && b.detail == a.detail &&
      (b.fact == Fact::SlotOffset || b.fact == Fact::FilledOffset)) {
    Value result = Value::pointer(Kind::TableEntry, a.detail);
    if (b.fact == Fact::FilledOffset) result.fact = Fact::Filled;
    return result;
  }
  if (b.is_number() && b.is_exact() && b.lo == 0) return a;
  return add(a, b, 8);
}

Value FunctionVerifier::compute(const Instruction& instruction) {
  const unsigned width = instruction.width;
  switch (instruction.operation) {
    case Operation::Move:
      return read_source(instruction);
    case Operation::MoveSigned:
      if (loaded_.kind == Kind::JumpOffset) return loaded_;
      return sign_extend(read_source(instruction), instruction.source_width, width);
    case Operation::Lea: {
      const MemoryOperand& memory = instruction.memory;
      if (memory.address32) return Value::word();
      Value sum = memory.base == kRip ? Value::image(static_cast<uint64_t>(memory.displacement))
                  : memory.base == kNoRegister ? Value::constant(0)
                                               : state_.registers[memory.base];
      const Value displacement =
          Value::constant(memory.base == kRip ? 0 : static_cast<uint64_t>(memory.displacement));
      if (width == 4) {
        // Modulo 2^32 from the start: what a 64-bit sum would lose, does not matter.
        Value low = add(sum, displacement, 4);
        if (memory.index == kNoRegister) return low;
        const Value& index = state_.registers[memory.index];
        return add(low, multiply(index, Value::constant(memory.scale), 4), 4);
      }
      if (memory.index != kNoRegister) {
        const Value& index = state_.registers[memory.index];
        sum = add_pointers(
            sum, memory.scale == 1 ? index : multiply(index, Value::constant(memory.scale), 8));
      }
      return add_pointers(sum, displacement);
    }
    default:
      break;
  }
  const Value left = read_destination(instruction), right = read_source(instruction);
  switch (instruction.operation) {
    case Operation::Add:
      return width == 8 ? add_pointers(left, right) : add(left, right, width);
    case Operation::Subtract:
      return subtract(left, right, width);
    case Operation::And:
      return bitwise_and(left, right, width);
    case Operation::Or:
      return bitwise_or(left, right, width);
    case Operation::Xor:
      if (instruction.source == Place::Register &&
          instruction.source_register == instruction.destination_register) {
        return Value::constant(0);
      }
      return bitwise_or(left, right, width);
    case Operation::ShiftLeft: {
      Value result = shift_left(left, static_cast<unsigned>(instruction.immediate), width);
      static_assert(sizeof(jit::TableEntry) == 1 << 5);
      if (left.low_id != 0 && left.hi <= UINT32_MAX && width == 8 && instruction.immediate <= 8) {
        result.origin = left.low_id;
        result.origin_shift = static_cast<uint8_t>(instruction.immediate);
      }
      if (left.fact == Fact::BelowLength && width == 8 && instruction.immediate == 5) {
        result.fact = Fact::SlotOffset;
        result.detail = left.detail;
      }
      return result;
    }
    case Operation::ShiftRight:
      return shift_right(left, static_cast<unsigned>(instruction.immediate), width);
    case Operation::Multiply:
      return multiply(
          instruction.has_immediate ? right : left,
          instruction.has_immediate
              ? Value::constant(static_cast<uint64_t>(instruction.immediate) & largest(width))
              : right,
          width);
    case Operation::ConditionalMove:
      return join(left, right);
    case Operation::ZeroHigh: {
      const Value count = narrow(state_.registers[instruction.count_register], 1);
      const Value kept = narrow(right, width);
      if (count.hi >= 63) return kept.as_number();
      return bitwise_and(kept, Value::between(0, (uint64_t{1} << count.hi) - 1), width);
    }
    case Operation::Set:
      return Value::between(0, 1);
    default:
      return Value::any();
  }
}

void FunctionVerifier::name_for_later(Register reg) {
  const Value& value = state_.registers[reg];
  if (value.is_number() && value.hi <= UINT32_MAX && value.low_id == 0) {
    name_low(reg, 3);
  }
}

void FunctionVerifier::write_register(Register reg, const Value& value, unsigned width) {
  if (width == 8) {
    state_.set(reg, value);
  } else if (width == 4) {
    state_.set(reg, value.low_word());
  } else {
    state_.set(reg, overwrite_part(state_.registers[reg], width, value.as_number().hi));
  }
}

void FunctionVerifier::set_flags(const Instruction& instruction) {
  if (!instruction.writes_flags) return;
  Flags flags;
  flags.width = instruction.width;
  const bool is_register = instruction.destination == Place::Register;
  const bool is_self = is_register && instruction.source == Place::Register &&
                       instruction.source_register == instruction.destination_register;
  switch (instruction.operation) {
    case Operation::Compare:
    case Operation::Test:
      if (instruction.operation == Operation::Test && !is_self) break;
      flags.source = Flags::Source::Comparison;
      flags.left = is_register ? Location{instruction.destination_register} : loaded_from_;
      flags.left_value = is_register ? state_.registers[instruction.destination_register] : loaded_;
      if (instruction.operation == Operation::Test) {
        flags.right_value = Value::constant(0);
      } else if (instruction.source == Place::Register) {
        flags.right = instruction.source_register;
        flags.right_value = state_.registers[instruction.source_register];
      } else if (instruction.source == Place::Memory) {
        flags.right = loaded_from_;
        flags.right_value = loaded_;
      } else {
        flags.right_value = read_source(instruction);
      }
      break;
    case Operation::Add:
    case Operation::Subtract:
    case Operation::And:
    case Operation::Or:
    case Operation::Xor:
      if (!is_register || instruction.width < 4) break;
      flags.source = Flags::Source::Result;
      flags.left = instruction.destination_register;
      flags.left_value = state_.registers[instruction.destination_register];
      flags.right_value = Value::constant(0);
      break;
    default:
      break;
  }
  state_.flags = flags;
}

void FunctionVerifier::step_arithmetic(const Instruction& instruction) {
  if (instruction.operation == Operation::Other) {
    for (Register reg = 0; reg < kRegisters; ++reg) {
      const unsigned bit = 1u << reg;
      if ((instruction.writes & bit) != 0) {
        state_.set(reg, Value::any());
      } else if ((instruction.writes32 & bit) != 0) {
        state_.set(reg, Value::word());
      }
      if ((instruction.writes_part & bit) != 0) {
        state_.set(reg, overwrite_part(state_.registers[reg], 2, UINT64_MAX));
      }
    }
    if (instruction.writes_flags) state_.flags = Flags();
    return;
  }
  const bool is_test =
      instruction.operation == Operation::Compare || instruction.operation == Operation::Test;
  if (instruction.destination == Place::Register && !is_test) {
    const Register to = instruction.destination_register;
    // What is multiplied may be compared later, and is remembered by its name.
    if (instruction.operation == Operation::ShiftLeft && instruction.width == 8) name_for_later(to);
    const bool is_copy = instruction.operation == Operation::Move && instruction.width >= 4;
    const Location from = instruction.source == Place::Register
                              ? Location{instruction.source_register}
                              : loaded_from_;
    const Value value = compute(instruction);
    // A copy of less than all is one of all if the rest is zero.
    if (is_copy && from != kNowhere && state_.get(from) == value) {
      copy(to, from, value);
    } else if (is_copy && instruction.source_width == 4 && from != kNowhere && from != to) {
      copy_low(to, from);
    } else {
      write_register(to, value, instruction.width);
    }
  }
  set_flags(instruction);
}

}  // namespace linden::verifier
