// Indirect calls of functions that have another type than the caller says, which is common in C:
// handlers that take fewer arguments than they are given, casts of function pointers, functions
// called without a prototype. The rule is in docs/abi.md, "Calling a function of another type".
//
// The caller passes its arguments as its own type says and calls linden_helper_AdaptCall_entry
// (entry_x86_64.S) in place of the function. That has them put in order here, and itself calls the
// function and converts the result. Hence no frame of C++ lies between caller and function: the
// function may trap, and its stack may be copied.

#include "absl/container/inlined_vector.h"
#include "runtime/context.h"
#include "runtime/invoke.h"
#include "runtime/store.h"

namespace linden::runtime {
namespace {

// What entry_x86_64.S does with the result registers; it knows the numbers.
enum class ResultConversion : uint64_t { None = 0, Zero = 1, SignExtend = 2 };

// What is to be called with the argument registers, returned to the assembly in rax and rdx.
struct AdaptedCall {
  const void* code;
  ResultConversion result_conversion;
};

constexpr bool is_integer(ValueType type) {
  return type == ValueType::I32 || type == ValueType::I64;
}

bool is_convertible(ValueType from, ValueType to) {
  return from == to || (is_integer(from) && is_integer(to));
}

std::optional<ResultConversion> find_result_conversion(const std::vector<ValueType>& from,
                                                       const std::vector<ValueType>& to) {
  if (to.empty() || from == to) return ResultConversion::None;
  if (to.size() > 1 || from.size() > 1) return std::nullopt;
  if (from.empty()) return ResultConversion::Zero;
  if (!is_convertible(from[0], to[0])) return std::nullopt;
  // The upper half of a register that holds an i32 is unspecified, so narrowing is nothing to do.
  return to[0] == ValueType::I64 ? ResultConversion::SignExtend : ResultConversion::None;
}

// Traps if the types do not allow it.
ResultConversion adapt(const FunctionType& expected, const FunctionType& actual,
                       ArgumentRegisters& registers) {
  const size_t common = std::min(expected.params.size(), actual.params.size());
  const auto conversion = find_result_conversion(actual.results, expected.results);
  bool may_be_called = conversion.has_value();
  for (size_t i = 0; i < common; ++i) {
    may_be_called &= is_convertible(expected.params[i], actual.params[i]);
  }
  if (!may_be_called) raise_trap(TrapCode::IndirectCallTypeMismatch);

  // A missing argument is a zero of any type.
  absl::InlinedVector<Value, 16> values(std::max(expected.params.size(), actual.params.size()));
  const std::span<Value> all(values.data(), values.size());
  read_arguments(expected, registers, all.first(expected.params.size()));
  for (size_t i = 0; i < common; ++i) {
    if (expected.params[i] == ValueType::I32 && actual.params[i] == ValueType::I64) {
      values[i].low = static_cast<uint64_t>(static_cast<int32_t>(values[i].low));
    }
  }
  write_arguments(actual, all.first(actual.params.size()), registers);
  return *conversion;
}

const jit::Module& current_module() {
  return static_cast<Instance*>(current_context().instance->owner)->module();
}

}  // namespace

extern "C" AdaptedCall linden_helper_AdaptCall(ArgumentRegisters* registers) {
  jit::Context& context = current_context();
  const FunctionReference* callee = context.callee;
  // Another thread may have emptied the slot since its type was read.
  if (callee == nullptr) raise_trap(TrapCode::IndirectCallToNull);
  const FunctionType& expected = current_module().types[context.expected_type];
  return {callee->any_code, adapt(expected, *callee->type, *registers)};
}

extern "C" AdaptedCall linden_helper_AdaptConstantCall(ArgumentRegisters* registers) {
  jit::Context& context = current_context();
  const jit::ConstantTableEntry& callee = *context.constant_callee;
  const std::vector<FunctionType>& types = current_module().types;
  return {callee.code, adapt(types[context.expected_type], types[callee.type_id - 1], *registers)};
}

}  // namespace linden::runtime
