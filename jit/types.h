// WebAssembly value and function types (core specification 2.3).
#ifndef LINDEN_JIT_TYPES_H_
#define LINDEN_JIT_TYPES_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace linden::jit {

enum class ValueType : uint8_t { I32, I64, F32, F64, V128, FuncRef, ExternRef };

constexpr bool is_reference(ValueType type) {
  return type == ValueType::FuncRef || type == ValueType::ExternRef;
}

// i32, i64 and references travel in general registers; f32, f64 and v128 in vector registers.
constexpr bool is_vector_class(ValueType type) {
  return type == ValueType::F32 || type == ValueType::F64 || type == ValueType::V128;
}

constexpr const char* to_string(ValueType type) {
  switch (type) {
    case ValueType::I32:
      return "i32";
    case ValueType::I64:
      return "i64";
    case ValueType::F32:
      return "f32";
    case ValueType::F64:
      return "f64";
    case ValueType::V128:
      return "v128";
    case ValueType::FuncRef:
      return "funcref";
    case ValueType::ExternRef:
      return "externref";
  }
  return "?";
}

struct FunctionType {
  std::vector<ValueType> params;
  std::vector<ValueType> results;

  bool operator==(const FunctionType&) const = default;
};

// "(i32 i64) -> (f32)"
std::string to_string(const FunctionType& type);

struct Limits {
  uint64_t initial = 0;
  uint64_t maximum = 0;  // meaningful when has_maximum
  bool has_maximum = false;
  bool shared = false;
};

}  // namespace linden::jit

#endif
