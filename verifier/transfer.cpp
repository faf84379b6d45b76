// What one instruction does to the state.

#include <cassert>

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

// The base of linear memory plus an offset plus a number. Where the sum may be out of all reason,
// it is nothing that is known.
Value add_to_base(const Value& base, const Value& number) {
  // A constant below zero.
  const uint64_t down = number.is_exact() && number.lo > INT64_MAX ? 0 - number.lo : 0;
  if (down > base.lo || (down == 0 && number.hi >= kBaseBias)) return Value::any();
  const uint64_t lo = down != 0 ? base.lo - down : base.lo + number.lo;
  const uint64_t hi = down != 0 ? base.hi - down : base.hi + number.hi;
  return hi < 2 * kBaseBias ? Value::memory_base(lo, hi) : Value::any();
}

}  // namespace

FunctionVerifier::Checked FunctionVerifier::step(const Instruction& instruction) {
  if (instruction.operation == Operation::Nop) return std::nullopt;
  if (instruction.uses_stack_pointer) return step_stack_pointer(instruction);
  loaded_ = &kAny;
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
  const int64_t depth = state_->depth + change;
  if (depth < 0 || depth > static_cast<int64_t>(jit::kMaxFrameSize)) {
    return FailedRule{Rule::Frame, "a frame beyond its bounds"};
  }
  state_->depth = static_cast<int32_t>(depth);
  if (instruction.writes_flags) state_->flags = Flags();
  return std::nullopt;
}

// `result` is `of`, shifted left in 64 bits.
void FunctionVerifier::set_origin(Value& result, const Value& of, unsigned shift) {
  constexpr unsigned kLargestShift = 8;
  if (!of.is_number() || of.hi > UINT32_MAX || shift > kLargestShift) return;
  if (of.low_id != 0) {
    result.origin = of.low_id;
    result.origin_shift = static_cast<uint8_t>(shift);
  } else if (of.origin != 0 && of.origin_shift + shift <= kLargestShift) {
    result.origin = of.origin;
    result.origin_shift = static_cast<uint8_t>(of.origin_shift + shift);
  }
}

// What an index adds to an address.
Value FunctionVerifier::scaled(Register index, unsigned scale) {
  const Value& value = state_->get(index);
  if (value.is_number()) name_for_later(index);
  if (scale == 1 && !value.is_number()) return value;
  Value result = scale == 1 ? value : multiply(value, Value::constant(scale), 8);
  if (result.origin == 0) {
    set_origin(result, value, scale == 8 ? 3 : scale == 4 ? 2 : scale == 2 ? 1 : 0);
  }
  return result;
}

FunctionVerifier::Checked FunctionVerifier::step_push_pop(const Instruction& instruction) {
  constexpr int32_t kWord = 8;
  if (instruction.operation == Operation::Push) {
    if (state_->depth + kWord > static_cast<int64_t>(jit::kMaxFrameSize)) {
      return FailedRule{Rule::Frame, "a frame beyond its bounds"};
    }
    state_->depth += kWord;
    forget_frame(-state_->depth, -state_->depth + kWord);
    if (instruction.source == Place::Register) {
      const Value* value = state_->held(instruction.source_register);
      if (!value->is_any()) {
        const Location slot = track_slot(-state_->depth);
        if (slot != kNowhere) copy(slot, instruction.source_register, value);
      }
    }
    return std::nullopt;
  }
  if (state_->depth < kWord) return FailedRule{Rule::Frame, "it takes what is not in its frame"};
  const Location slot = slot_at(-state_->depth);
  state_->set(instruction.source_register, slot == kNowhere ? &kAny : state_->held(slot));
  state_->depth -= kWord;
  return std::nullopt;
}

void FunctionVerifier::name(Location location) { state_->name(location, names_.create()); }

void FunctionVerifier::name_low(Location location) { state_->name_low(location, names_.create()); }

// Two places with one value have one name, so that what is learnt of one is learnt of the other.
void FunctionVerifier::copy(Location to, Location from, const Value* value) {
  // Of what the caller wants back, nothing else is ever asked.
  if (is_quick_ || from == kNowhere || from == to || value == &kAny || value->id != 0 ||
      value->kind == Kind::Preserved || value->is_any()) {
    return state_->set(to, value);
  }
  Value named = *value;
  named.id = names_.create();
  if (named.low_id == 0) named.low_id = names_.create();
  value = pool_.keep(named);
  state_->put(from, value);
  state_->set(to, value);
}

// The same for the lower 32 bits, which become all of `to`.
void FunctionVerifier::copy_low(Location to, Location from) {
  if (!state_->get(from).is_number()) return state_->set(to, &kWordValue);
  if (!is_quick_ && state_->get(from).low_id == 0) name_low(from);
  state_->set(to, low_word(state_->held(from)));
}

// The lowest `width` bytes, zero-extended.
const Value* FunctionVerifier::narrow(const Value* value, unsigned width) {
  if (width >= 8 || (value->is_number() && value->hi <= largest(width))) return value;
  if (width == 4) {
    if (!value->is_number() || value == &kAny) return &kWordValue;
    return pool_.keep(value->cut_word());
  }
  if (width == 2) return &kHalfValue;
  if (!value->is_number() || (value->byte_lo == 0 && value->byte_hi == UINT8_MAX)) {
    return &kByteValue;
  }
  return pool_.keep(Value::between(value->byte_lo, value->byte_hi));
}

// Zero-extended from the width of the source.
const Value* FunctionVerifier::read_source(const Instruction& instruction) {
  switch (instruction.source) {
    case Place::Register:
      return narrow(state_->held(instruction.source_register),
                    instruction.source_width == 0 ? 8 : instruction.source_width);
    case Place::Memory:
      return loaded_;
    case Place::Immediate:
      return pool_.keep(Value::constant(static_cast<uint64_t>(instruction.immediate) &
                                        largest(instruction.width == 0 ? 8 : instruction.width)));
    default:
      return pool_.hold(
          Value::between(0, largest(instruction.source_width == 0 ? 8 : instruction.source_width)));
  }
}

const Value* FunctionVerifier::read_destination(const Instruction& instruction) {
  return instruction.destination == Place::Register
             ? narrow(state_->held(instruction.destination_register), instruction.width)
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
      if (a.origin != 0) {
        const auto base = static_cast<int64_t>(a.detail + b.lo);
        if (base < 0 || base > int64_t{UINT32_MAX}) {
          result.origin = result.detail = 0;
        } else {
          result.detail = static_cast<uint32_t>(base);
        }
      }
      result.fact = b.lo == 0 ? a.fact : Fact::None;
      // Below the beginning of the image.
      return result.lo <= result.hi && result.hi < kLargeOffset ? result : Value::any();
    }
    if (b.hi >= kLargeOffset) return Value::any();
    Value result = Value::image(0);
    result.alignment = a.is_exact() ? b.alignment : std::min(a.alignment, b.alignment);
    result.lo = a.lo + round_up(b.lo, b.alignment);
    result.hi = a.hi + b.hi;
    if (a.is_exact() && b.origin != 0 && a.lo <= UINT32_MAX) {
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
    result.origin = b.origin;
    result.origin_shift = b.origin_shift;
    if (b.fact == Fact::FilledOffset) result.fact = Fact::Filled;
    return result;
  }
  if (b.is_number() && b.is_exact() && b.lo == 0) return a;
  if (a.kind == Kind::TableEntries && b.is_number() && b.is_exact() &&
      b.lo % sizeof(jit::TableEntry) == 0 &&
      state_->has_slot(a.detail, b.lo / sizeof(jit::TableEntry))) {
    Value result = Value::pointer(Kind::TableEntry, a.detail);
    result.origin = kConstantSlot;
    result.lo = b.lo / sizeof(jit::TableEntry);
    return result;
  }
  if (a.kind == Kind::MemoryBase && b.is_number()) return add_to_base(a, b);
  if (a.kind == Kind::TagArray && b.is_number() && b.hi < kLargeOffset && a.hi < kLargeOffset) {
    Value result = Value::pointer(Kind::TagArray);
    result.lo = a.lo + b.lo;
    result.hi = a.hi + b.hi;
    return result;
  }
  return add(a, b, 8);
}

// What lea does.
Value FunctionVerifier::compute_sum(const Instruction& instruction) {
  const MemoryOperand& memory = instruction.memory;
  Value sum = memory.base == kRip ? Value::image(static_cast<uint64_t>(memory.displacement))
              : memory.base == kNoRegister ? Value::constant(0)
                                           : state_->get(memory.base);
  const Value displacement =
      Value::constant(memory.base == kRip ? 0 : static_cast<uint64_t>(memory.displacement));
  if (instruction.width == 4) {
    // Modulo 2^32 from the start: what a 64-bit sum would lose, does not matter.
    Value low = add(sum, displacement, 4);
    if (memory.index == kNoRegister) return low;
    const Value& index = state_->get(memory.index);
    return add(low, multiply(index, Value::constant(memory.scale), 4), 4);
  }
  if (memory.index != kNoRegister) {
    sum = add_pointers(sum, scaled(memory.index, memory.scale));
  }
  return add_pointers(sum, displacement);
}

const Value* FunctionVerifier::compute(const Instruction& instruction) {
  switch (instruction.operation) {
    case Operation::Move:
      return read_source(instruction);
    case Operation::MoveSigned: {
      if (loaded_->kind == Kind::JumpOffset) return loaded_;
      const Value* source = read_source(instruction);
      if (source == &kWordValue && instruction.width == 8) return &kSignedWordValue;
      if ((source == &kHalfValue || source == &kByteValue) && instruction.width == 4) {
        return &kWordValue;
      }
      return pool_.hold(sign_extend(*source, instruction.source_width, instruction.width));
    }
    case Operation::Lea: {
      const MemoryOperand& memory = instruction.memory;
      if (memory.address32) return &kWordValue;
      if (instruction.width == 4 && memory.base < kRegisters &&
          is_plain(state_->held(memory.base))) {
        return &kWordValue;
      }
      return pool_.hold(compute_sum(instruction));
    }
    case Operation::Set:
      return &kTruthValue;
    case Operation::Xor:
      if (instruction.source == Place::Register &&
          instruction.source_register == instruction.destination_register) {
        return &kZeroValue;
      }
      break;
    case Operation::Other:
      return &kAny;
    default:
      break;
  }
  const Value* left = read_destination(instruction);
  // A constant need not be one of its own to see that it does not matter.
  const bool is_number = instruction.source == Place::Immediate;
  const Value* plain =
      plain_result(instruction, left, is_number ? &kZeroValue : read_source(instruction));
  if (plain != nullptr) {
    assert(*plain == compute_other(instruction, *left, *read_source(instruction)));
    return plain;
  }
  return pool_.hold(compute_other(instruction, *left, *read_source(instruction)));
}

Value FunctionVerifier::compute_other(const Instruction& instruction, const Value& left,
                                      const Value& right) {
  const unsigned width = instruction.width;
  switch (instruction.operation) {
    case Operation::Add:
      return width == 8 ? add_pointers(left, right) : add(left, right, width);
    case Operation::Subtract:
      return subtract(left, right, width);
    case Operation::AddCarry: {
      const Value sum = add(left, right, width);
      return join(sum, add(sum, Value::constant(1), width));
    }
    case Operation::SubtractBorrow: {
      const Value difference = subtract(left, right, width);
      return join(difference, subtract(difference, Value::constant(1), width));
    }
    case Operation::And:
      return bitwise_and(left, right, width);
    case Operation::Or:
      return bitwise_or(left, right, width);
    case Operation::Xor:
      return bitwise_or(left, right, width);
    case Operation::ShiftLeft: {
      Value result = shift_left(left, static_cast<unsigned>(instruction.immediate), width);
      static_assert(sizeof(jit::TableEntry) == 1 << 5);
      if (width == 8) set_origin(result, left, static_cast<unsigned>(instruction.immediate));
      if (left.fact == Fact::BelowLength && width == 8 && instruction.immediate == 5) {
        result.fact = Fact::SlotOffset;
        result.detail = left.detail;
      }
      return result;
    }
    case Operation::ShiftRight:
      return shift_right(left, static_cast<unsigned>(instruction.immediate), width);
    case Operation::ShiftRightSome:
      return Value::between(0, right.as_number().hi);
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
      const Value& count = *narrow(state_->held(instruction.count_register), 1);
      if (count.hi >= 63) return right.as_number();
      return bitwise_and(right, Value::between(0, (uint64_t{1} << count.hi) - 1), width);
    }
    default:
      return Value::any();
  }
}

void FunctionVerifier::name_for_later(Register reg) {
  const Value& value = state_->get(reg);
  if (value.is_number() && value.hi <= UINT32_MAX && value.low_id == 0) {
    name_low(reg);
  }
}

void FunctionVerifier::write_register(Register reg, const Value* value, unsigned width) {
  if (width == 8) {
    state_->set(reg, value);
  } else if (width == 4) {
    state_->set(reg, low_word(value));
  } else {
    const Value& part = *narrow(value, width);
    state_->set(reg, overwrite_part(state_->get(reg), width, part.lo, part.hi));
  }
}

// The comparison that a subtraction is, before its result takes the place of one side.
void FunctionVerifier::prepare_difference(const Instruction& instruction) {
  subtracted_ = Flags();
  const Register to = instruction.destination_register;
  const bool is_self = instruction.source == Place::Register && instruction.source_register == to;
  if (is_self || instruction.source == Place::Opaque) return;
  subtracted_.source = Flags::Source::Comparison;
  subtracted_.width = instruction.width;
  subtracted_.left_value = state_->held(to);
  if (instruction.source == Place::Register) {
    subtracted_.right = instruction.source_register;
    subtracted_.right_value = state_->held(instruction.source_register);
  } else if (instruction.source == Place::Memory) {
    subtracted_.right = loaded_from_;
    subtracted_.right_value = loaded_;
  } else {
    subtracted_.right_value = read_source(instruction);
  }
}

void FunctionVerifier::set_flags(const Instruction& instruction) {
  if (!matter_flags()) return;
  Flags flags;
  flags.width = instruction.width;
  const bool is_register = instruction.destination == Place::Register;
  const bool is_self = is_register && instruction.source == Place::Register &&
                       instruction.source_register == instruction.destination_register;
  switch (instruction.operation) {
    case Operation::Compare:
    case Operation::Test:
    case Operation::Subtract:
      if (instruction.operation == Operation::Subtract) {
        // What is compared is gone, but may have copies.
        if (!is_register || instruction.width < 4 || subtracted_.source == Flags::Source::Unknown) {
          break;
        }
        flags = subtracted_;
        flags.difference = instruction.destination_register;
        break;
      }
      if (instruction.operation == Operation::Test && !is_self) break;
      flags.source = Flags::Source::Comparison;
      flags.left = is_register ? Location{instruction.destination_register} : loaded_from_;
      flags.left_value = is_register ? state_->held(instruction.destination_register) : loaded_;
      if (instruction.operation == Operation::Test) {
        flags.right_value = &kZeroValue;
      } else if (instruction.source == Place::Register) {
        flags.right = instruction.source_register;
        flags.right_value = state_->held(instruction.source_register);
      } else if (instruction.source == Place::Memory) {
        flags.right = loaded_from_;
        flags.right_value = loaded_;
      } else {
        flags.right_value = read_source(instruction);
      }
      break;
    case Operation::Add:
    case Operation::And:
    case Operation::Or:
    case Operation::Xor:
      if (!is_register || instruction.width < 4) break;
      flags.source = Flags::Source::Result;
      flags.left = instruction.destination_register;
      flags.left_value = state_->held(instruction.destination_register);
      flags.right_value = &kZeroValue;
      break;
    default:
      break;
  }
  state_->flags = flags;
}

void FunctionVerifier::step_arithmetic(const Instruction& instruction) {
  if (instruction.operation == Operation::Other) {
    for (Register reg = 0; reg < kRegisters; ++reg) {
      const unsigned bit = 1u << reg;
      if ((instruction.writes & bit) != 0) {
        state_->set(reg, &kAny);
      } else if ((instruction.writes32 & bit) != 0) {
        state_->set(reg, &kWordValue);
      }
      if ((instruction.writes_part & bit) != 0) {
        state_->set(reg, overwrite_part(state_->get(reg), 2, 0, UINT64_MAX));
      }
    }
    if (instruction.writes_flags) state_->flags = Flags();
    return;
  }
  const bool is_test =
      instruction.operation == Operation::Compare || instruction.operation == Operation::Test;
  if (instruction.destination == Place::Register && !is_test) {
    const Register to = instruction.destination_register;
    // What is multiplied may be compared later, and is remembered by its name.
    if (instruction.operation == Operation::ShiftLeft && instruction.width == 8) name_for_later(to);
    const bool is_copy = instruction.operation == Operation::Move && instruction.width >= 4;
    if (instruction.operation == Operation::Subtract && matter_flags()) {
      prepare_difference(instruction);
    }
    const Location from = instruction.source == Place::Register
                              ? Location{instruction.source_register}
                              : loaded_from_;
    const Value* value = compute(instruction);
    // A copy of less than all is one of all if the rest is zero.
    if (is_copy && from != kNowhere && state_->held(from) == value) {
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
