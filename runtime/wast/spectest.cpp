#include "runtime/wast/spectest.h"

#include <bit>
#include <cstdio>
#include <utility>
#include <vector>

#include "runtime/wast/values.h"

namespace linden::runtime {
namespace {

FunctionReference* create_print(Store& store, std::vector<ValueType> parameters, bool verbose) {
  HostCallback callback = [parameters, verbose](std::span<const Value> arguments,
                                                std::span<Value>) {
    if (verbose) {
      for (size_t i = 0; i < arguments.size(); ++i) {
        std::printf("%s%s", i == 0 ? "" : " ", describe(parameters[i], arguments[i]).c_str());
      }
      std::printf("\n");
    }
    return TrapCode::None;
  };
  return store.create_function({std::move(parameters), {}}, std::move(callback));
}

jit::Limits limits(uint64_t initial, uint64_t maximum, bool shared = false) {
  return {.initial = initial, .maximum = maximum, .has_maximum = true, .shared = shared};
}

}  // namespace

absl::StatusOr<ExternMap> create_spectest(Store& store, bool verbose) {
  using enum ValueType;
  ExternMap externs;
  const std::pair<const char*, std::vector<ValueType>> functions[] = {
      {"print", {}},
      {"print_i32", {I32}},
      {"print_i64", {I64}},
      {"print_f32", {F32}},
      {"print_f64", {F64}},
      {"print_i32_f32", {I32, F32}},
      {"print_f64_f64", {F64, F64}},
  };
  for (const auto& [name, parameters] : functions) {
    externs[name] = create_print(store, parameters, verbose);
  }

  const std::tuple<const char*, ValueType, Value> globals[] = {
      {"global_i32", I32, Value::i32(666)},
      {"global_i64", I64, Value::i64(666)},
      {"global_f32", F32, Value::f32_bits(std::bit_cast<uint32_t>(666.6f))},
      {"global_f64", F64, Value::f64_bits(std::bit_cast<uint64_t>(666.6))},
  };
  for (const auto& [name, type, value] : globals) {
    externs[name] = store.create_global({.type = type, .is_mutable = false}, value);
  }

  absl::StatusOr<Table*> table = store.create_table({.element = FuncRef, .limits = limits(10, 20)});
  if (!table.ok()) return table.status();
  externs["table"] = *table;
  absl::StatusOr<Memory*> memory = store.create_memory(limits(1, 2));
  if (!memory.ok()) return memory.status();
  externs["memory"] = *memory;
  absl::StatusOr<Memory*> shared = store.create_memory(limits(1, 2, true));
  if (!shared.ok()) return shared.status();
  externs["shared_memory"] = *shared;
  return externs;
}

}  // namespace linden::runtime
