#include "verifier/state.h"

#include <iterator>

namespace linden::verifier {
namespace {

constexpr uint16_t kClobbered = 0b0000'1111'1100'0111;  // rax rcx rdx rsi rdi r8-r11

// The condition for the operands the other way round.
Condition mirrored(Condition condition) {
  switch (condition) {
    case Condition::Below:
      return Condition::Above;
    case Condition::Above:
      return Condition::Below;
    case Condition::AboveOrEqual:
      return Condition::BelowOrEqual;
    case Condition::BelowOrEqual:
      return Condition::AboveOrEqual;
    case Condition::Less:
      return Condition::Greater;
    case Condition::Greater:
      return Condition::Less;
    case Condition::GreaterOrEqual:
      return Condition::LessOrEqual;
    case Condition::LessOrEqual:
      return Condition::GreaterOrEqual;
    default:
      return condition;
  }
}

// Bounds of x, given the relation `x condition y`; false if nothing is learnt.
bool bounds_from(Condition condition, const Value& x, const Value& y, unsigned width, uint64_t& lo,
                 uint64_t& hi) {
  const uint64_t largest = width == 8   ? UINT64_MAX
                           : width == 4 ? UINT32_MAX
                                        : (uint64_t{1} << (width * 8)) - 1;
  const uint64_t largest_signed = largest >> 1;
  lo = 0;
  hi = largest;
  switch (condition) {
    case Condition::Below:
      if (y.hi == 0) return false;
      hi = y.hi - 1;
      return true;
    case Condition::BelowOrEqual:
      hi = y.hi;
      return true;
    case Condition::AboveOrEqual:
      lo = y.lo;
      return true;
    case Condition::Above:
      if (y.lo == largest) return false;
      lo = y.lo + 1;
      return true;
    case Condition::Equal:
      lo = y.lo;
      hi = y.hi;
      return true;
    case Condition::NotEqual:
      if (!y.is_exact() || y.lo != 0) return false;
      lo = 1;
      return true;
    // Of the signed ones, those that leave no room for negative numbers.
    case Condition::Greater:
      if (y.hi > largest_signed || y.lo == largest_signed) return false;
      lo = y.lo + 1;
      hi = largest_signed;
      return true;
    case Condition::GreaterOrEqual:
      if (y.hi > largest_signed) return false;
      lo = y.lo;
      hi = largest_signed;
      return true;
    case Condition::Less:
      if (x.hi > largest_signed || y.hi > largest_signed || y.hi == 0) return false;
      hi = y.hi - 1;
      return true;
    case Condition::LessOrEqual:
      if (x.hi > largest_signed || y.hi > largest_signed) return false;
      hi = y.hi;
      return true;
    case Condition::NotSign:
      if (!y.is_exact() || y.lo != 0) return false;
      hi = largest_signed;
      return true;
    default:
      return false;
  }
}

Value narrow_view(const Value& value, unsigned width) {
  if (width == 8) return value.as_number();
  if (width == 4) return value.low_word();
  const uint64_t mask = (uint64_t{1} << (width * 8)) - 1;
  const Value number = value.as_number();
  if (number.hi <= mask) return number;
  if (width == 1) return Value::between(number.byte_lo, number.byte_hi);
  return Value::between(0, mask);
}

// Puts bounds of the lowest `width` bytes into a number. False: they contradict what is known, so
// nothing comes this way.
bool restrict_to(Value& value, unsigned width, uint64_t lo, uint64_t hi) {
  if (!value.is_number()) return true;
  const uint64_t largest = width == 8 ? UINT64_MAX : (uint64_t{1} << (width * 8)) - 1;
  if (value.hi <= largest) {
    lo = std::max(lo, value.lo);
    hi = std::min(hi, value.hi);
    // A word that was sign-extended, and is not negative.
    if (value.is_signed_word && hi <= INT64_MAX) hi = std::min<uint64_t>(hi, INT32_MAX);
    if (lo > hi) return false;
    value.lo = lo;
    value.hi = hi;
    if (hi <= UINT32_MAX) value.low_hi = std::min(value.low_hi, static_cast<uint32_t>(hi));
  } else if (width == 4) {
    hi = std::min<uint64_t>(hi, value.low_hi);
    lo = std::max<uint64_t>(lo, value.low_lo);
    if (lo > hi) return false;
    value.low_lo = static_cast<uint32_t>(lo);
    value.low_hi = static_cast<uint32_t>(hi);
    if (value.is_signed_word && value.low_hi <= INT32_MAX) {
      value.lo = value.low_lo;
      value.hi = value.low_hi;
    }
  } else if (width == 1) {
    lo = std::max<uint64_t>(lo, value.byte_lo);
    hi = std::min<uint64_t>(hi, value.byte_hi);
    if (lo > hi) return false;
    value.byte_lo = static_cast<uint8_t>(lo);
    value.byte_hi = static_cast<uint8_t>(hi);
  }
  return true;
}

// The same for what has been computed from a number of 32 bits with these bounds.
void restrict_derived(Value& value, uint64_t lo, uint64_t hi) {
  // Bounds of other kinds are not those of the value.
  if (!value.is_number() && value.kind != Kind::Image) return;
  const uint64_t base = value.kind == Kind::Image ? value.detail : 0;
  const uint64_t step = uint64_t{1} << std::min<unsigned>(value.alignment, 32);
  lo = std::max(value.lo, base + (((lo << value.origin_shift) + step - 1) & ~(step - 1)));
  hi = std::min(value.hi, base + (hi << value.origin_shift));
  if (lo > hi) return;
  value.lo = lo;
  value.hi = hi;
  if (value.is_number() && hi <= UINT32_MAX) {
    value.low_hi = std::min(value.low_hi, static_cast<uint32_t>(hi));
  }
}

}  // namespace

void State::begin_function() {
  depth = 0;
  callee_set = constant_callee_set = is_changeable_ = false;
  long_table_size = 0;
  flags = Flags();
  registers_.fill(&kAny);
  slots_.clear();
  for (Register r : {kRbx, kRbp, Register{12}, Register{13}, Register{14}, Register{15}}) {
    set(r, Value::pointer(Kind::Preserved, r));
  }
}

// Also of what nothing is known but the name.
void State::name(Location location, uint32_t id) {
  if (id == 0) return;
  Value value = get(location);
  value.id = id;
  put(location, pool_->keep(value));
}

void State::name_low(Location location, uint32_t id) {
  if (id == 0) return;
  Value value = get(location);
  value.low_id = id;
  put(location, pool_->keep(value));
}

void State::clobber_by_call() {
  keep_registers(static_cast<uint16_t>(~kClobbered));
  flags = Flags();
  forget_what_calls_change();
}

void State::forget_what_calls_change() {
  if (!is_changeable_) return;
  update(changes_in_calls, [](Value& value) {
    if (value.fact == Fact::FilledOffset && value.is_number()) {
      value.fact = Fact::SlotOffset;
    } else {
      value = Value::any();
    }
  });
  is_changeable_ = false;
}

void State::assume_filled(const Value& type_id) {
  if (type_id.origin != 0) {
    auto has_origin = [&](const Value& value) {
      return value.origin == type_id.origin && value.origin_shift == type_id.origin_shift;
    };
    update(
        has_origin,
        [&](Value& value) {
          if (value.kind == Kind::Image && value.detail == type_id.hi) {
            value.fact = Fact::Filled;
          } else if (value.kind == Kind::TableEntry && (value.detail | kInTable) == type_id.hi &&
                     (value.origin != kConstantSlot || value.lo == type_id.lo)) {
            value.fact = Fact::Filled;
          } else if (value.is_number() && (type_id.hi & kInTable) == 0) {
            value.fact = Fact::FilledConstant;
            value.detail = static_cast<uint32_t>(type_id.hi);
            value.scale = 1;
          } else if (value.fact == Fact::SlotOffset && (value.detail | kInTable) == type_id.hi) {
            value.fact = Fact::FilledOffset;
          }
        },
        pool_->places(type_id.origin));
  }
  if (type_id.detail == 0) return;
  for_all_equal(kNowhere, type_id.detail, [&](Value& value) {
    if (value.kind == Kind::TableEntry || value.kind == Kind::Image) {
      value.fact = Fact::Filled;
    } else if (value.kind == Kind::TableEntries) {
      value.fact = Fact::Filled;
      value.lo = type_id.lo;
    } else if (value.fact == Fact::SlotOffset) {
      value.fact = Fact::FilledOffset;
    } else if (value.is_number() && type_id.scale != 0) {
      value.fact = Fact::FilledConstant;
      value.detail = static_cast<uint32_t>(type_id.lo);
      value.scale = type_id.scale;
    }
  });
}

bool State::assume_relation(Condition condition, bool is_left) {
  const Location at = is_left ? flags.left : flags.right;
  const Value& x = is_left ? *flags.left_value : *flags.right_value;
  const Value& y = is_left ? *flags.right_value : *flags.left_value;
  const unsigned width = flags.width;
  if (x.kind == Kind::TypeId && width == 8) {
    const bool is_constant = y.is_number() && y.is_exact();
    if (is_constant && ((condition == Condition::Equal && y.lo != 0) ||
                        (condition == Condition::NotEqual && y.lo == 0))) {
      assume_filled(x);
    }
    return true;
  }
  if (x.kind == Kind::TableLength && width == 8 && y.is_number() && y.is_exact()) {
    const bool is_above = condition == Condition::Above;
    if ((is_above || condition == Condition::AboveOrEqual) && y.lo < UINT32_MAX) {
      long_table = x.detail;
      long_table_size = y.lo + is_above;
    }
    // test %rax, %rax
    if (condition == Condition::NotEqual && y.lo == 0) {
      long_table = x.detail;
      long_table_size = 1;
    }
    return true;
  }
  if (at == kNowhere && x.id == 0 && x.low_id == 0) return true;
  if (y.kind == Kind::TableLength && condition == Condition::Below && width == 8) {
    for_all_equal(at, x.id, [&](Value& value) {
      if (!value.is_number()) return;
      value.fact = Fact::BelowLength;
      value.detail = y.detail;
    });
    return true;
  }
  uint64_t lo, hi;
  if (!bounds_from(condition, narrow_view(x, width), narrow_view(y, width), width, lo, hi)) {
    return true;
  }
  bool is_possible = true;
  for_all_equal(at, x.id, [&](Value& value) { is_possible &= restrict_to(value, width, lo, hi); });
  // Of equal lower halves the bounds are those of 32 bits; and so of what has been made of them.
  if (x.low_id == 0 || hi > UINT32_MAX || width < 4) return is_possible;
  auto is_derived = [&](const Value& value) {
    return value.low_id == x.low_id || value.origin == x.low_id;
  };
  update(
      is_derived,
      [&](Value& value) {
        if (value.low_id == x.low_id) is_possible &= restrict_to(value, 4, lo, hi);
        if (value.origin == x.low_id) restrict_derived(value, lo, hi);
      },
      pool_->places(x.low_id));
  return is_possible;
}

// Of the result of a subtraction.
bool State::assume_difference(Condition condition) {
  uint64_t lo, hi;
  if (condition != Condition::Equal && condition != Condition::NotEqual &&
      condition != Condition::NotSign) {
    return true;
  }
  const Value difference = get(flags.difference);
  if (!bounds_from(condition, narrow_view(difference, flags.width), Value::constant(0), flags.width,
                   lo, hi)) {
    return true;
  }
  bool is_possible = true;
  for_all_equal(flags.difference, difference.id,
                [&](Value& value) { is_possible &= restrict_to(value, flags.width, lo, hi); });
  return is_possible;
}

bool State::assume(Condition condition) {
  if (flags.source == Flags::Source::Unknown) return true;
  if (flags.source == Flags::Source::Result && condition != Condition::Equal &&
      condition != Condition::NotEqual && condition != Condition::NotSign) {
    return true;
  }
  const Flags before = flags;
  bool is_possible = assume_relation(condition, true);
  if (flags.difference != kNowhere) is_possible &= assume_difference(condition);
  // The sign is that of a difference, unless the right side is 0.
  if (condition != Condition::NotSign && condition != Condition::Sign) {
    is_possible &= assume_relation(mirrored(condition), false);
  }
  flags = before;
  return is_possible;
}

}  // namespace linden::verifier
