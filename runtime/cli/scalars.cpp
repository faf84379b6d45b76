#include "runtime/cli/scalars.h"

#include <bit>
#include <cerrno>
#include <cstdlib>
#include <limits>

#include "absl/strings/str_format.h"

namespace linden::cli {
namespace {

using runtime::Value;
using runtime::ValueType;

template <typename Signed, typename Unsigned>
std::optional<Unsigned> parse_integer(const std::string& text) {
  // strtoull() would accept a sign for any magnitude and leading spaces.
  bool negative = text.starts_with('-');
  std::string digits = negative ? text.substr(1) : text;
  bool hexadecimal = digits.starts_with("0x") || digits.starts_with("0X");
  if (hexadecimal) digits.erase(0, 2);
  const char* allowed = hexadecimal ? "0123456789abcdefABCDEF" : "0123456789";
  if (digits.empty() || digits.find_first_not_of(allowed) != std::string::npos) return std::nullopt;
  errno = 0;
  unsigned long long magnitude = std::strtoull(digits.c_str(), nullptr, hexadecimal ? 16 : 10);
  if (errno == ERANGE) return std::nullopt;
  constexpr auto kLargest = static_cast<unsigned long long>(std::numeric_limits<Signed>::max());
  if (negative) {
    if (magnitude > kLargest + 1) return std::nullopt;
    return static_cast<Unsigned>(0 - magnitude);
  }
  if (magnitude > std::numeric_limits<Unsigned>::max()) return std::nullopt;
  return static_cast<Unsigned>(magnitude);
}

}  // namespace

std::optional<Value> parse_scalar(ValueType type, const std::string& text) {
  char* end = nullptr;
  switch (type) {
    case ValueType::I32: {
      std::optional<uint32_t> value = parse_integer<int32_t, uint32_t>(text);
      return value ? std::optional(Value::i32(*value)) : std::nullopt;
    }
    case ValueType::I64: {
      std::optional<uint64_t> value = parse_integer<int64_t, uint64_t>(text);
      return value ? std::optional(Value::i64(*value)) : std::nullopt;
    }
    case ValueType::F32: {
      float value = std::strtof(text.c_str(), &end);
      if (text.empty() || *end != '\0') return std::nullopt;
      return Value::f32_bits(std::bit_cast<uint32_t>(value));
    }
    case ValueType::F64: {
      double value = std::strtod(text.c_str(), &end);
      if (text.empty() || *end != '\0') return std::nullopt;
      return Value::f64_bits(std::bit_cast<uint64_t>(value));
    }
    default:
      return std::nullopt;
  }
}

std::string format_scalar(ValueType type, const Value& value) {
  switch (type) {
    case ValueType::I32:
      return absl::StrFormat("%d", static_cast<int32_t>(value.low));
    case ValueType::I64:
      return absl::StrFormat("%d", static_cast<int64_t>(value.low));
    case ValueType::F32:
      return absl::StrFormat("%.9g", std::bit_cast<float>(static_cast<uint32_t>(value.low)));
    case ValueType::F64:
      return absl::StrFormat("%.17g", std::bit_cast<double>(value.low));
    case ValueType::V128:
      return absl::StrFormat("0x%016x%016x", value.high, value.low);
    case ValueType::FuncRef:
      return value.low == 0 ? "null" : "funcref";
    case ValueType::ExternRef:
      return value.low == 0 ? "null" : absl::StrFormat("externref %#x", value.low);
  }
  return "?";
}

std::optional<uint64_t> parse_byte_count(const std::string& text) {
  if (text.empty()) return std::nullopt;
  int shift = 0;
  switch (text.back()) {
    case 'K':
    case 'k':
      shift = 10;
      break;
    case 'M':
    case 'm':
      shift = 20;
      break;
    case 'G':
    case 'g':
      shift = 30;
      break;
    default:
      break;
  }
  std::optional<uint64_t> value =
      parse_integer<int64_t, uint64_t>(shift == 0 ? text : text.substr(0, text.size() - 1));
  if (!value || text[0] == '-' || *value > (UINT64_MAX >> shift)) return std::nullopt;
  return *value << shift;
}

}  // namespace linden::cli
