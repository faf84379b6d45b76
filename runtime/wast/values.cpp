#include "runtime/wast/values.h"

#include <bit>
#include <cstdio>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "wabt/ir.h"

namespace linden::runtime {
namespace {

template <typename Bits>
struct Float;
template <>
struct Float<uint32_t> {
  static constexpr uint32_t kSign = 0x8000'0000, kQuietNan = 0x7fc0'0000;
};
template <>
struct Float<uint64_t> {
  static constexpr uint64_t kSign = 0x8000'0000'0000'0000, kQuietNan = 0x7ff8'0000'0000'0000;
};

template <typename Bits>
bool float_matches(wabt::ExpectedNan nan, Bits expected, Bits actual) {
  switch (nan) {
    case wabt::ExpectedNan::None:
      return expected == actual;
    case wabt::ExpectedNan::Canonical:
      return (actual & ~Float<Bits>::kSign) == Float<Bits>::kQuietNan;
    case wabt::ExpectedNan::Arithmetic:
      return (actual & Float<Bits>::kQuietNan) == Float<Bits>::kQuietNan;
  }
  return false;
}

template <typename Bits>
bool float_lanes_match(const wabt::Const& expected, const Value& actual) {
  Bits lanes[16 / sizeof(Bits)];
  std::memcpy(lanes, &actual, sizeof lanes);
  for (int i = 0; i < static_cast<int>(std::size(lanes)); ++i) {
    if (!float_matches(expected.expected_nan(i), expected.v128_lane<Bits>(i), lanes[i])) {
      return false;
    }
  }
  return true;
}

const char* nan_name(wabt::ExpectedNan nan) {
  return nan == wabt::ExpectedNan::Canonical ? "nan:canonical" : "nan:arithmetic";
}

}  // namespace

ValueType type_of(const wabt::Const& constant) {
  switch (constant.type()) {
    case wabt::Type::I32:
      return ValueType::I32;
    case wabt::Type::I64:
      return ValueType::I64;
    case wabt::Type::F32:
      return ValueType::F32;
    case wabt::Type::F64:
      return ValueType::F64;
    case wabt::Type::V128:
      return ValueType::V128;
    case wabt::Type::FuncRef:
      return ValueType::FuncRef;
    default:
      return ValueType::ExternRef;
  }
}

Value to_value(const wabt::Const& constant) {
  switch (constant.type()) {
    case wabt::Type::I32:
      return Value::i32(constant.u32());
    case wabt::Type::I64:
      return Value::i64(constant.u64());
    case wabt::Type::F32:
      return Value::f32_bits(constant.f32_bits());
    case wabt::Type::F64:
      return Value::f64_bits(constant.f64_bits());
    case wabt::Type::V128:
      return Value::v128(constant.vec128().v);
    case wabt::Type::ExternRef:
      if (constant.ref_bits() == wabt::Const::kRefNullBits) return Value();
      return Value::i64(constant.ref_bits() + 1);
    default:
      return Value();  // the only function reference that scripts can write is null
  }
}

bool matches(const wabt::Const& expected, ValueType type, const Value& actual) {
  if (type != type_of(expected)) return false;
  switch (type) {
    case ValueType::I32:
      return expected.u32() == static_cast<uint32_t>(actual.low);
    case ValueType::I64:
      return expected.u64() == actual.low;
    case ValueType::F32:
      return float_matches(expected.expected_nan(), expected.f32_bits(),
                           static_cast<uint32_t>(actual.low));
    case ValueType::F64:
      return float_matches(expected.expected_nan(), expected.f64_bits(), actual.low);
    case ValueType::V128:
      if (expected.lane_type() == wabt::Type::F32) {
        return float_lanes_match<uint32_t>(expected, actual);
      }
      if (expected.lane_type() == wabt::Type::F64) {
        return float_lanes_match<uint64_t>(expected, actual);
      }
      return std::memcmp(expected.vec128().v, &actual, 16) == 0;
    case ValueType::FuncRef:
      if (expected.ref_bits() == wabt::Const::kRefNullBits) return actual.low == 0;
      return actual.low != 0;
    case ValueType::ExternRef:
      return to_value(expected).low == actual.low;
  }
  return false;
}

std::string describe(ValueType type, const Value& value) {
  switch (type) {
    case ValueType::I32:
      return absl::StrFormat("i32 %d", static_cast<int32_t>(value.low));
    case ValueType::I64:
      return absl::StrFormat("i64 %d", static_cast<int64_t>(value.low));
    case ValueType::F32: {
      uint32_t bits = static_cast<uint32_t>(value.low);
      return absl::StrFormat("f32 %.9g (0x%08x)", std::bit_cast<float>(bits), bits);
    }
    case ValueType::F64:
      return absl::StrFormat("f64 %.17g (0x%016x)", std::bit_cast<double>(value.low), value.low);
    case ValueType::V128:
      return absl::StrFormat("v128 0x%016x%016x", value.high, value.low);
    case ValueType::FuncRef:
      return value.low == 0 ? "null funcref" : "a funcref";
    case ValueType::ExternRef:
      return value.low == 0 ? "null externref" : absl::StrCat("externref ", value.low - 1);
  }
  return "?";
}

std::string describe(const wabt::Const& expected) {
  ValueType type = type_of(expected);
  if (type == ValueType::FuncRef && expected.ref_bits() != wabt::Const::kRefNullBits) {
    return "a funcref";
  }
  if (type != ValueType::V128) {
    if (expected.is_expected_nan()) return nan_name(expected.expected_nan());
    return describe(type, to_value(expected));
  }
  std::string text = describe(type, to_value(expected));
  for (int i = 0; i < expected.lane_count(); ++i) {
    if (expected.is_expected_nan(i)) {
      absl::StrAppend(&text, ", lane ", i, " ", nan_name(expected.expected_nan(i)));
    }
  }
  return text;
}

}  // namespace linden::runtime
