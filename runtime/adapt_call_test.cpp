// Indirect calls of functions of another type, in modules of the lind ABI: the rule of docs/abi.md.
#include <catch2/catch.hpp>
#include <random>

#include "runtime/test_support.h"

namespace linden::runtime {
namespace {

using namespace test;
using Types = std::vector<ValueType>;

// The import that makes a module one of the lind ABI, and what is linked to it.
constexpr char kLindImport[] = "(import \"lind\" \"nothing\" (func $nothing))";

Instance& instantiate_lind(Store& store, const std::string& fields, Imports imports = {},
                           const LoadOptions& options = {}) {
  imports["lind.nothing"] = store.create_function({}, [](auto, auto) { return TrapCode::None; });
  return instantiate(store, compile("(module " + std::string(kLindImport) + fields + ")", options),
                     imports);
}

// ---- the rule against random types

bool is_integer(ValueType type) { return type == ValueType::I32 || type == ValueType::I64; }

uint64_t convert(uint64_t value, ValueType from, ValueType to) {
  if (from == ValueType::I32 && to == ValueType::I64) {
    return static_cast<uint64_t>(static_cast<int64_t>(static_cast<int32_t>(value)));
  }
  return to == ValueType::I32 ? value & 0xffff'ffff : value;
}

bool is_allowed(const FunctionType& expected, const FunctionType& actual) {
  auto fits = [](ValueType a, ValueType b) { return a == b || (is_integer(a) && is_integer(b)); };
  for (size_t i = 0; i < expected.params.size() && i < actual.params.size(); ++i) {
    if (!fits(expected.params[i], actual.params[i])) return false;
  }
  const Types &wanted = expected.results, &given = actual.results;
  if (wanted.empty() || wanted == given) return true;
  return wanted.size() == 1 && (given.empty() || (given.size() == 1 && fits(wanted[0], given[0])));
}

Value bits_of(ValueType type, std::mt19937_64& random) {
  const uint64_t low = random();
  if (type == ValueType::I32 || type == ValueType::F32) return {low & 0xffff'ffff, 0};
  return {low, type == ValueType::V128 ? random() : 0};
}

// "i32.const 5", from the bits: of floats too.
std::string constant(ValueType type, const Value& value) {
  auto integer = [](const char* name, uint64_t bits) {
    return "(" + std::string(name) + ".const " + std::to_string(bits) + ")";
  };
  switch (type) {
    case ValueType::I32:
      return integer("i32", value.low);
    case ValueType::I64:
      return integer("i64", value.low);
    case ValueType::F32:
      return "(f32.reinterpret_i32 " + integer("i32", value.low) + ")";
    case ValueType::F64:
      return "(f64.reinterpret_i64 " + integer("i64", value.low) + ")";
    default:
      return "(v128.const i64x2 " + std::to_string(value.low) + " " + std::to_string(value.high) +
             ")";
  }
}

std::string zero(ValueType type) {
  const std::string name = to_string(type);
  return type == ValueType::V128 ? "(v128.const i64x2 0 0)" : "(" + name + ".const 0)";
}

std::string signature(const FunctionType& type) {
  std::string text;
  for (ValueType value : type.params) text += std::string("(param ") + to_string(value) + ")";
  for (ValueType value : type.results) text += std::string("(result ") + to_string(value) + ")";
  return text;
}

Types random_types(std::mt19937_64& random, size_t length, unsigned float_percent) {
  Types types;
  for (size_t i = 0; i < length; ++i) {
    const bool is_float = random() % 100 < float_percent;
    types.push_back(is_float ? static_cast<ValueType>(2 + random() % 3)
                             : static_cast<ValueType>(random() % 2));
  }
  return types;
}

// Functions of `expected` that call, through a table that others may write and through one that is
// a constant, a function of `actual`, which keeps its arguments in globals.
std::string pair_module(const FunctionType& expected, const FunctionType& actual,
                        const std::vector<Value>& results) {
  std::string text = "(type $expected (func " + signature(expected) + "))";
  std::string keep, arguments;
  for (size_t i = 0; i < actual.params.size(); ++i) {
    const std::string number = std::to_string(i);
    const ValueType type = actual.params[i];
    text += "(global $g" + number + " (export \"g" + number + "\") (mut " + to_string(type) + ") " +
            zero(type) + ")";
    keep += "(global.set $g" + number + " (local.get " + number + "))";
  }
  for (size_t i = 0; i < expected.params.size(); ++i) {
    arguments += "(local.get " + std::to_string(i) + ")";
  }
  for (size_t i = 0; i < results.size(); ++i) keep += constant(actual.results[i], results[i]);
  text +=
      "(table $shared (export \"table\") 3 funcref) (elem (table $shared) (i32.const 1) func $f)"
      "(table $constant 3 funcref) (elem (table $constant) (i32.const 1) func $f $same)"
      "(func $f " +
      signature(actual) + keep +
      ")"
      "(func $same (type $expected) unreachable)";
  for (const std::string table : {"shared", "constant"}) {
    text += "(func (export \"" + table + "\") (type $expected) (call_indirect $" + table +
            " (type $expected) " + arguments + "(i32.const 1)))";
    text += "(func (export \"" + table + "_tail\") (type $expected) (return_call_indirect $" +
            table + " (type $expected) " + arguments + "(i32.const 1)))";
  }
  return text;
}

TEST_CASE("a function of another type is called as the rule says", "[adapt]") {
  std::mt19937_64 random(20);
  unsigned allowed = 0, refused = 0;
  for (unsigned round = 0; round < 120; ++round) {
    const unsigned float_percent = round % 4 == 0 ? 40 : 0;
    // More than the registers hold, now and then.
    const size_t most = round % 5 == 0 ? 30 : 9;
    FunctionType expected{random_types(random, random() % most, float_percent),
                          random_types(random, random() % 2, 10)};
    FunctionType actual{expected.params, random_types(random, random() % 2, 10)};
    if (round % 7 == 0) actual.results = expected.results = random_types(random, 7, 40);
    actual.params.resize(std::min<size_t>(actual.params.size(), random() % most));
    for (ValueType& type : actual.params) {
      if (is_integer(type)) type = static_cast<ValueType>(random() % 2);
    }
    if (random() % 8 == 0 && !actual.params.empty()) actual.params[0] = ValueType::F32;
    for (ValueType more : random_types(random, random() % 5, 40)) actual.params.push_back(more);

    std::vector<Value> arguments, given;
    for (ValueType type : expected.params) arguments.push_back(bits_of(type, random));
    for (ValueType type : actual.results) given.push_back(bits_of(type, random));
    INFO("round " << round << ": " << to_string(expected) << " calls " << to_string(actual));
    Store store;
    Instance& instance = instantiate_lind(store, pair_module(expected, actual, given));
    for (const char* name : {"shared", "shared_tail", "constant", "constant_tail"}) {
      INFO(name);
      if (!is_allowed(expected, actual)) {
        ++refused;
        CHECK(trap_of(instance, name, arguments).code == TrapCode::IndirectCallTypeMismatch);
        continue;
      }
      ++allowed;
      const std::vector<Value> results = call(instance, name, arguments);
      for (size_t i = 0; i < actual.params.size(); ++i) {
        INFO("argument " << i);
        auto& cell = std::get<Global*>(*instance.find_export("g" + std::to_string(i)))->cell;
        Value wanted{};
        if (i < arguments.size()) {
          wanted = {convert(arguments[i].low, expected.params[i], actual.params[i]),
                    arguments[i].high};
        }
        uint64_t low = cell.low;
        if (actual.params[i] == ValueType::I32 || actual.params[i] == ValueType::F32) {
          low &= 0xffff'ffff;
        }
        CHECK(low == wanted.low);
        if (actual.params[i] == ValueType::V128) CHECK(cell.high == wanted.high);
        cell = {random(), random()};
      }
      for (size_t i = 0; i < results.size(); ++i) {
        INFO("result " << i);
        const bool is_given = i < given.size();
        CHECK(results[i].low ==
              (is_given ? convert(given[i].low, actual.results[i], expected.results[i]) : 0));
        CHECK(results[i].high == (is_given ? given[i].high : 0));
      }
    }
  }
  CHECK(allowed > 100);
  CHECK(refused > 40);
}

// ---- who may

constexpr char kUnaryAsBinary[] =
    "(type $binary (func (param i32 i32) (result i32)))"
    "(table 4 funcref) (elem (i32.const 1) $increment)"
    "(func $increment (param i32) (result i32) (i32.add (local.get 0) (i32.const 1)))"
    "(func (export \"call\") (param i32) (result i32)"
    "  (call_indirect (type $binary) (i32.const 41) (i32.const 7) (local.get 0)))";

TEST_CASE("only modules of the lind ABI may call functions of another type", "[adapt]") {
  Store store;
  Instance& plain = instantiate(store, "(module " + std::string(kUnaryAsBinary) + ")");
  CHECK(trap_of(plain, "call", {Value::i32(1)}).code == TrapCode::IndirectCallTypeMismatch);

  Instance& tolerant = instantiate_lind(store, kUnaryAsBinary);
  CHECK(call(tolerant, "call", {Value::i32(1)})[0].low == 42);
  CHECK(trap_of(tolerant, "call", {Value::i32(0)}).code == TrapCode::IndirectCallToNull);
  CHECK(trap_of(tolerant, "call", {Value::i32(4)}).code == TrapCode::UndefinedElement);

  LoadOptions options;
  options.strict_calls = true;
  Instance& strict = instantiate_lind(store, kUnaryAsBinary, {}, options);
  CHECK(trap_of(strict, "call", {Value::i32(1)}).code == TrapCode::IndirectCallTypeMismatch);
}

TEST_CASE("no reference can be made of a number, nor a number of a reference", "[adapt]") {
  Store store;
  Instance& instance = instantiate_lind(store, R"(
    (table (export "table") 2 funcref) (elem (i32.const 0) $takes_reference $takes_number)
    (func $takes_reference (param externref) (result externref) (local.get 0))
    (func $takes_number (param i64) (result i64) (local.get 0))
    (func (export "forge") (param i64) (result i64)
      (call_indirect (param i64) (result i64) (local.get 0) (i32.const 0)))
    (func (export "reveal") (param externref) (result i64)
      (call_indirect (param externref) (result i64) (local.get 0) (i32.const 1)))
    (func (export "missing") (result externref)
      (call_indirect (result externref) (i32.const 0))))");
  CHECK(trap_of(instance, "forge", {Value::i64(1)}).code == TrapCode::IndirectCallTypeMismatch);
  CHECK(trap_of(instance, "reveal", {Value::i64(1)}).code == TrapCode::IndirectCallTypeMismatch);
  CHECK(call(instance, "missing")[0].low == 0);
}

// ---- what adapted calls are part of

TEST_CASE("adapted calls reach host functions and other instances", "[adapt]") {
  Store store;
  FunctionReference* host = store.create_function(
      {{ValueType::I64, ValueType::I32}, {ValueType::I64}}, [](auto arguments, auto results) {
        results[0] = Value::i64(arguments[0].low * 2 + arguments[1].low);
        return TrapCode::None;
      });
  Instance& other = instantiate(store, R"((module
    (memory 1) (global $n (mut i64) (i64.const 100))
    (func (export "other") (param i64 i32) (result i64)
      (i64.store (i32.const 0) (local.get 0))
      (global.set $n (i64.add (global.get $n) (i64.load (i32.const 0))))
      (i64.add (global.get $n) (i64.extend_i32_u (local.get 1))))))");
  for (const char* table : {"(table 2 funcref)", "(table (export \"table\") 2 funcref)"}) {
    INFO(table);
    Instance& instance =
        instantiate_lind(store,
                         R"((import "env" "host" (func $host (param i64 i32) (result i64)))
      (import "env" "other" (func $other (param i64 i32) (result i64)))
      (memory 1) (global $n (mut i32) (i32.const 5)) )" +
                             std::string(table) + R"(
      (elem (i32.const 0) $host $other)
      (func (export "call") (param i32 i32) (result i32 i32)
        (i32.store (i32.const 0) (i32.const 77))
        (i32.add (global.get $n)
          (call_indirect (param i32) (result i32) (local.get 1) (local.get 0)))
        (i32.load (i32.const 0))))",
                         {{"env.host", host}, {"env.other", function(other, "other")}});
    auto results = call(instance, "call", {Value::i32(0), Value::i32(0xffff'fffe)});
    CHECK(results[0].low == 1);  // 5 + 2 * -2
    CHECK(results[1].low == 77);
    const uint64_t before = call(other, "other", {Value::i64(0), Value::i32(0)})[0].low;
    results = call(instance, "call", {Value::i32(1), Value::i32(3)});
    CHECK(results[0].low == 5 + before + 3);
    CHECK(results[1].low == 77);
  }
}

constexpr char kRecursion[] = R"(
  (import "env" "stop" (func $stop (param i64)))
  (table (export "table") 1 funcref) (elem (i32.const 0) $sum)
  ;; adds up its argument and all below it; each call has an argument too many and a narrow result
  (func $sum (export "sum") (param i64) (result i64) (local $kept i64)
    (local.set $kept (i64.mul (local.get 0) (i64.const 3)))
    (if (i64.eqz (local.get 0)) (then (call $stop (local.get 0)) (return (i64.const 0))))
    (i64.sub
      (i64.add (local.get $kept) (i64.extend_i32_u
        (call_indirect (param i32 f64 i32) (result i32)
          (i32.wrap_i64 (i64.sub (local.get 0) (i64.const 1))) (f64.const 1) (i32.const 2)
          (i32.const 0))))
      (i64.mul (local.get 0) (i64.const 2))))
  (func (export "forever") (param i32) (result i32)
    (call_indirect (param i32) (result i32) (i32.const -1) (i32.const 0))))";

TEST_CASE("adapted calls recurse, and traps and exits pass through them", "[adapt]") {
  TrapCode stop = TrapCode::None;
  Store store;
  FunctionReference* host =
      store.create_function({{ValueType::I64}, {}}, [&](auto, auto) { return stop; });
  Instance& instance = instantiate_lind(store, kRecursion, {{"env.stop", host}});
  CHECK(call(instance, "sum", {Value::i64(1000)})[0].low == 500500);
  stop = TrapCode::Exit;
  CHECK(trap_of(instance, "sum", {Value::i64(1000)}).code == TrapCode::Exit);
  // Until the stack is exhausted, in the middle of adapted calls.
  CHECK(trap_of(instance, "forever", {Value::i32(0)}).code == TrapCode::StackOverflow);
  stop = TrapCode::None;
  CHECK(call(instance, "sum", {Value::i64(10)})[0].low == 55);
}

TEST_CASE("a backtrace goes on through adapted calls", "[adapt][trap]") {
  for (const char* table : {"(table 2 funcref)", "(table (export \"table\") 2 funcref)"}) {
    Store store;
    Instance& instance = instantiate_lind(store, std::string(table) + R"(
      (elem (i32.const 0) $inner $middle)
      (memory 1)
      (func $inner (param i64) (i64.store (i32.const 65536) (local.get 0)))
      (func $middle (param i64 i64) (result i64)
        (call_indirect (param i32 i32) (i32.const 1) (i32.const 2) (i32.load (i32.const 0)))
        (i64.add (local.get 0) (local.get 1)))
      (func $outer (export "outer") (param i32) (result i32)
        (i32.add (local.get 0) (call_indirect (param i32) (result i32)
          (i32.const 1) (i32.add (i32.const 1) (i32.load (i32.const 4)))))))");
    const Trap trap = trap_of(instance, "outer", {Value::i32(4)});
    INFO(trap.full_message());
    CHECK(trap.code == TrapCode::MemoryOutOfBounds);
    REQUIRE(trap.backtrace.size() == 3);
    CHECK(trap.backtrace[0].function_name == "inner");
    CHECK(trap.backtrace[1].function_name == "middle");
    CHECK(trap.backtrace[2].function_name == "outer");
  }
}

TEST_CASE("a backtrace names the caller of a call that cannot be adapted", "[adapt][trap]") {
  Store store;
  Instance& instance = instantiate_lind(store, R"(
    (table 1 funcref) (elem (i32.const 0) $inner)
    (func $inner (param f32) (result i32) (i32.const 3))
    (func $outer (export "outer") (result i32)
      (i32.add (i32.const 1) (call_indirect (param i32) (result i32) (i32.const 1) (i32.const 0)))))");
  const Trap trap = trap_of(instance, "outer");
  CHECK(trap.code == TrapCode::IndirectCallTypeMismatch);
  REQUIRE(trap.backtrace.size() == 1);
  CHECK(trap.backtrace[0].function_name == "outer");
  CHECK(trap.backtrace[0].wasm_offset != 0);
}

}  // namespace
}  // namespace linden::runtime
