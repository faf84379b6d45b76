#include "verifier/value.h"

#include <bit>

namespace linden::verifier {
namespace {

using Wide = unsigned __int128;

uint8_t alignment_of(uint64_t number) {
  return number == 0 ? 63 : static_cast<uint8_t>(std::countr_zero(number));
}

Value aligned(Value value, unsigned alignment) {
  value.alignment = static_cast<uint8_t>(std::min(alignment, 63u));
  return value;
}

// The result of an operation whose exact bounds are [lo, hi], if it does not wrap around.
Value bounded(Wide lo, Wide hi, unsigned width, unsigned alignment) {
  const uint64_t limit = width == 4 ? UINT32_MAX : UINT64_MAX;
  // All or none of them wrap around, and as often.
  const Wide modulus = Wide{limit} + 1;
  if (lo / modulus == hi / modulus) {
    return aligned(
        Value::between(static_cast<uint64_t>(lo % modulus), static_cast<uint64_t>(hi % modulus)),
        alignment);
  }
  return aligned(Value::between(0, limit), alignment);
}

Value operand(const Value& value, unsigned width) {
  return width == 4 ? value.low_word() : value.as_number();
}

// The smallest 2^n - 1 that is not less.
uint64_t fill_ones(uint64_t number) {
  return number == 0 ? 0 : UINT64_MAX >> std::countl_zero(number);
}

}  // namespace

Value Value::constant(uint64_t number) {
  Value value = between(number, number);
  value.low_lo = value.low_hi = static_cast<uint32_t>(number);
  value.alignment = alignment_of(number);
  return value;
}

Value Value::cut_word() const {
  Value low = aligned(between(low_lo, low_hi), std::min<unsigned>(alignment, 32));
  low.low_id = low_id;
  low.byte_lo = byte_lo;
  low.byte_hi = byte_hi;
  return low;
}

Value add(const Value& a, const Value& b, unsigned width) {
  const Value x = operand(a, width), y = operand(b, width);
  const unsigned alignment = std::min(x.alignment, y.alignment);
  // A constant below zero: a subtraction.
  const bool is_small = width == 4 ? y.lo > INT32_MAX : y.lo > INT64_MAX;
  if (y.is_exact() && is_small) {
    return subtract(x, Value::constant(width == 4 ? uint32_t(0 - y.lo) : 0 - y.lo), width);
  }
  Value result = bounded(Wide{x.lo} + y.lo, Wide{x.hi} + y.hi, width, alignment);
  // The lower halves may be known where the whole is not.
  if (width == 8 && result.hi > UINT32_MAX && uint64_t{x.low_hi} + y.low_hi <= UINT32_MAX) {
    result.low_hi = x.low_hi + y.low_hi;
  }
  return result;
}

Value subtract(const Value& a, const Value& b, unsigned width) {
  const Value x = operand(a, width), y = operand(b, width);
  const unsigned alignment = std::min(x.alignment, y.alignment);
  // A constant below zero: an addition.
  if (width == 8 && y.is_exact() && y.lo > uint64_t{1} << 63)
    return add(x, Value::constant(0 - y.lo), 8);
  if (x.lo >= y.hi) return bounded(x.lo - y.hi, x.hi - y.lo, width, alignment);
  return bounded(0, UINT64_MAX, width == 4 ? 4 : 8, alignment);
}

Value multiply(const Value& a, const Value& b, unsigned width) {
  const Value x = operand(a, width), y = operand(b, width);
  const unsigned alignment = std::min(63, x.alignment + y.alignment);
  return bounded(Wide{x.lo} * y.lo, Wide{x.hi} * y.hi, width, alignment);
}

Value bitwise_and(const Value& a, const Value& b, unsigned width) {
  const Value x = operand(a, width), y = operand(b, width);
  Value result = bounded(0, std::min(x.hi, y.hi), width, std::max(x.alignment, y.alignment));
  result.low_hi = std::min({result.low_hi, x.low_hi, y.low_hi});
  return result;
}

Value bitwise_or(const Value& a, const Value& b, unsigned width) {
  const Value x = operand(a, width), y = operand(b, width);
  return bounded(0, fill_ones(std::max(x.hi, y.hi)), width, std::min(x.alignment, y.alignment));
}

Value shift_left(const Value& a, unsigned count, unsigned width) {
  count &= width * 8 - 1;
  const Value x = operand(a, width);
  return bounded(Wide{x.lo} << count, Wide{x.hi} << count, width, x.alignment + count);
}

Value shift_right(const Value& a, unsigned count, unsigned width) {
  count &= width * 8 - 1;
  const Value x = operand(a, width);
  const unsigned alignment = x.alignment > count ? x.alignment - count : 0;
  return bounded(x.lo >> count, x.hi >> count, width, alignment);
}

Value sign_extend(const Value& a, unsigned from, unsigned to) {
  const Value x = a.as_number();
  const uint64_t largest = (uint64_t{1} << (from * 8 - 1)) - 1;
  if (from == 4 && x.low_hi <= largest) return x.low_word();
  if (x.hi <= largest) return x;
  if (to != 8) return Value::word();
  Value result;
  result.is_signed_word = true;
  if (from == 4) {
    result.low_lo = x.low_lo;
    result.low_hi = x.low_hi;
  }
  return result;
}

Value overwrite_part(const Value& before, unsigned width, uint64_t least, uint64_t largest) {
  const Value old = before.as_number();
  const uint64_t mask = width == 1 ? 0xff : 0xffff;
  largest = std::min(largest, mask);
  Value result = Value::between(old.lo & ~mask, (old.hi & ~mask) | largest);
  result.low_hi = std::min(result.low_hi, old.low_hi | static_cast<uint32_t>(mask));
  if (width == 1 && least <= largest) {
    result.byte_lo = static_cast<uint8_t>(least);
    result.byte_hi = static_cast<uint8_t>(largest);
  }
  return result;
}

namespace {

// Both are among the places from the first to the last, at the largest step that meets all.
Value join_images(const Value& a, const Value& b, Value result) {
  const unsigned of_a = a.is_exact() ? 63 : a.alignment, of_b = b.is_exact() ? 63 : b.alignment;
  result.lo = std::min(a.lo, b.lo);
  result.hi = std::max(a.hi, b.hi);
  result.alignment = static_cast<uint8_t>(
      std::min({of_a, of_b, unsigned{alignment_of(a.lo < b.lo ? b.lo - a.lo : a.lo - b.lo)}}));
  if (a.fact != b.fact) result.fact = Fact::None;
  if (a.detail != b.detail) result.origin = 0;
  if (result.origin == 0) {
    result.detail = 0;
    result.origin_shift = 0;
  }
  return result;
}

}  // namespace

Value join(const Value& a, const Value& b) {
  if (a == b) return a;
  Value result = a;
  if (a.id != b.id) result.id = 0;
  if (a.low_id != b.low_id) result.low_id = 0;
  if (a.origin != b.origin || a.origin_shift != b.origin_shift) result.origin = 0;
  result.byte_lo = std::min(a.byte_lo, b.byte_lo);
  result.byte_hi = std::max(a.byte_hi, b.byte_hi);
  result.is_signed_word = a.is_signed_word && b.is_signed_word;
  if (a.kind == Kind::Number && b.kind == Kind::Number) {
    result.lo = std::min(a.lo, b.lo);
    result.hi = std::max(a.hi, b.hi);
    result.low_lo = std::min(a.low_lo, b.low_lo);
    result.low_hi = std::max(a.low_hi, b.low_hi);
    result.alignment = std::min(a.alignment, b.alignment);
    if (a.fact != b.fact || a.detail != b.detail || a.scale != b.scale) {
      result.fact = Fact::None;
      result.detail = 0;
      result.scale = 0;
    }
    return result;
  }
  if (a.kind == Kind::Image && b.kind == Kind::Image && a.scale == b.scale)
    return join_images(a, b, result);
  if (a.kind == Kind::MemoryBase && b.kind == Kind::MemoryBase) {
    result.lo = std::min(a.lo, b.lo);
    result.hi = std::max(a.hi, b.hi);
    return result;
  }
  if (a.kind == b.kind && a.detail == b.detail && a.lo == b.lo && a.hi == b.hi &&
      a.alignment == b.alignment && a.scale == b.scale) {
    if (a.fact != b.fact) result.fact = Fact::None;
    return result;
  }
  if (a.kind == Kind::TableEntries && b.kind == Kind::TableEntries && a.detail == b.detail) {
    result.lo = 0;
    result.fact = Fact::None;
    return result;
  }
  return Value::any();
}

}  // namespace linden::verifier
