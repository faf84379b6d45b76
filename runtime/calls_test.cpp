// Calls: from the host, between instances, through tables, back into the host, and what they carry.
#include <catch2/catch.hpp>

#include "runtime/test_support.h"

namespace linden::runtime {
namespace {

using namespace test;

constexpr char kWideType[] =
    "(param i32 i64 f32 f64 i32 i64 f32 f64 i32 i64 f32 f64 i32 i64 f32 f64 i32 i64 f32 f64)"
    "(result i32 i64 f32 f64 i32 i64 f32 f64 i32 i64)";

// Results are the last ten parameters, one each of the first kinds, in the order of the type.
constexpr char kWideBody[] =
    "(local.get 16) (local.get 17) (local.get 18) (local.get 19) (local.get 12) (local.get 13) "
    "(local.get 14) (local.get 15) (local.get 8) (local.get 9)";

std::string wide_module() {
  const std::string type = kWideType;
  std::string arguments;
  for (int i = 0; i < 20; ++i) arguments += "(local.get " + std::to_string(i) + ")";
  return "(module (type $wide (func " + type + "))" +
         "(import \"env\" \"other\" (func $other (type $wide)))"
         "(table 2 funcref) (elem (i32.const 0) $own $other)"
         "(func $own (export \"own\") (type $wide) " +
         std::string(kWideBody) +
         ")"
         "(func (export \"direct\") (type $wide) (call $own " +
         arguments +
         "))"
         "(func (export \"indirect\") (type $wide) (call_indirect (type $wide) " +
         arguments +
         " (i32.const 0)))"
         "(func (export \"import\") (type $wide) (call $other " +
         arguments +
         "))"
         "(func (export \"import_indirect\") (type $wide) (call_indirect (type $wide) " +
         arguments + " (i32.const 1))))";
}

std::vector<Value> wide_arguments() {
  std::vector<Value> arguments;
  for (uint32_t i = 0; i < 20; ++i) {
    const bool is_wide = i % 2 == 1;
    arguments.push_back(is_wide ? Value::i64(0x1111'0000'0000ull * i + i)
                                : Value::i32(0x1000u + i));
  }
  return arguments;
}

void check_wide(const std::vector<Value>& results) {
  const std::vector<Value> arguments = wide_arguments();
  const int from[] = {16, 17, 18, 19, 12, 13, 14, 15, 8, 9};
  REQUIRE(results.size() == 10);
  for (int i = 0; i < 10; ++i) {
    INFO("result " << i);
    CHECK(results[i].low == arguments[from[i]].low);
    CHECK(results[i].high == 0);
  }
}

TEST_CASE("many arguments and results survive every kind of call", "[calls]") {
  Store store;
  const auto module = compile(wide_module());
  const FunctionType type = module->module().types[0];
  FunctionReference* host = store.create_function(type, [](auto arguments, auto results) {
    const int from[] = {16, 17, 18, 19, 12, 13, 14, 15, 8, 9};
    for (int i = 0; i < 10; ++i) results[i] = arguments[from[i]];
    return TrapCode::None;
  });
  Instance& with_host = instantiate(store, module, {{"env.other", host}});
  Instance& with_instance =
      instantiate(store, module, {{"env.other", function(with_host, "import")}});
  for (const char* name : {"own", "direct", "indirect", "import", "import_indirect"}) {
    DYNAMIC_SECTION(name) {
      check_wide(call(with_host, name, wide_arguments()));
      check_wide(call(with_instance, name, wide_arguments()));
    }
  }
}

TEST_CASE("linked instances keep their own globals and memory", "[calls]") {
  Store store;
  Instance& counter = instantiate(store, R"((module
    (memory (export "memory") 1)
    (global $n (mut i32) (i32.const 100))
    (func (export "next") (result i32)
      (global.set $n (i32.add (global.get $n) (i32.const 1)))
      (i32.store (i32.const 0) (global.get $n))
      (global.get $n))))");
  Instance& user = instantiate(store, R"((module
    (import "counter" "next" (func $next (result i32)))
    (memory 1)
    (global $n (mut i32) (i32.const 5))
    (func (export "run") (result i32 i32 i32)
      (drop (call $next))
      (global.set $n (i32.add (global.get $n) (call $next)))
      (i32.store (i32.const 4) (i32.const 9))
      (global.get $n) (i32.load (i32.const 0)) (i32.load (i32.const 4)))))",
                               {{"counter.next", function(counter, "next")}});
  const std::vector<Value> results = call(user, "run");
  CHECK(results[0].low == 107);
  CHECK(results[1].low == 0);
  CHECK(results[2].low == 9);
  uint32_t stored;
  std::memcpy(&stored, counter.memory()->base(), 4);
  CHECK(stored == 102);
}

TEST_CASE("a trap in another instance leaves both usable", "[calls]") {
  Store store;
  Instance& inner = instantiate(store, R"((module
    (global $n (mut i32) (i32.const 1))
    (func (export "fail") (global.set $n (i32.const 2)) unreachable)
    (func (export "get") (result i32) (global.get $n))))");
  Instance& outer = instantiate(store, R"((module
    (import "inner" "fail" (func $fail))
    (global $n (mut i32) (i32.const 10))
    (func (export "run") (global.set $n (i32.const 20)) (call $fail))
    (func (export "get") (result i32) (global.get $n))))",
                                {{"inner.fail", function(inner, "fail")}});
  CHECK(trap_of(outer, "run").code == TrapCode::Unreachable);
  CHECK(call(outer, "get")[0].low == 20);
  CHECK(call(inner, "get")[0].low == 2);
}

TEST_CASE("the host calls back into the guest, and traps pass through", "[calls]") {
  Store store;
  FunctionReference* again = nullptr;
  FunctionReference* host = store.create_function({{ValueType::I32}, {ValueType::I32}},
                                                  [&](auto arguments, auto results) {
                                                    std::vector<Value> inner(1);
                                                    if (auto trap = invoke(again, arguments, inner))
                                                      return trap->code;
                                                    results[0] = inner[0];
                                                    return TrapCode::None;
                                                  });
  Instance& instance = instantiate(store, R"((module
    (import "env" "host" (func $host (param i32) (result i32)))
    (func (export "countdown") (param i32) (result i32)
      (if (result i32) (i32.eqz (local.get 0))
        (then (i32.div_u (i32.const 1) (local.get 0)))
        (else (i32.add (i32.const 1)
          (if (result i32) (i32.eq (local.get 0) (i32.const 1))
            (then (i32.const 0))
            (else (call $host (i32.sub (local.get 0) (i32.const 1)))))))))
    (func (export "fail") (result i32) (call $host (i32.const 0)))))",
                                   {{"env.host", host}});
  again = function(instance, "countdown");
  CHECK(call(instance, "countdown", {Value::i32(20)})[0].low == 20);
  CHECK(trap_of(instance, "fail").code == TrapCode::IntegerDivideByZero);
}

constexpr char kFrames[] = R"((module
  (memory 1)
  (func $innermost (param i32 i64) (result i32)
    (i32.load offset=65536 (local.get 0)))
  (func $middle (param i32) (result i32) (local i64 i64 i64)
    (local.set 1 (i64.load (i32.const 0))) (local.set 2 (i64.load (i32.const 8)))
    (i32.add (call_indirect (param i32 i64) (result i32)
               (local.get 0) (local.get 1) (i32.load (i32.const 16)))
             (i32.wrap_i64 (i64.add (local.get 1) (local.get 2)))))
  (func $outer (export "outer") (param i32) (result i32)
    (i32.mul (i32.const 3) (call_indirect (param i32) (result i32)
      (local.get 0) (i32.add (i32.load (i32.const 16)) (i32.const 1)))))
  (table (export "table") 2 funcref)
  (elem (i32.const 0) $innermost $middle)))";

TEST_CASE("a backtrace names every frame with its place", "[trap]") {
  Store store;
  const auto module = compile(kFrames);
  Instance& instance = instantiate(store, module);
  const Trap trap = trap_of(instance, "outer", {Value::i32(4)});
  CHECK(trap.code == TrapCode::MemoryOutOfBounds);
  INFO(trap.full_message());
  REQUIRE(trap.backtrace.size() == 3);
  const char* names[] = {"innermost", "middle", "outer"};
  const uint8_t opcodes[] = {0x28, 0x11, 0x11};  // i32.load, call_indirect
  for (uint32_t i = 0; i < 3; ++i) {
    const Frame& frame = trap.backtrace[i];
    CHECK(frame.function_name == names[i]);
    CHECK(frame.function_index == i);
    const jit::Function& function = module->module().functions[i];
    CHECK(frame.wasm_offset >= function.body_offset);
    REQUIRE(frame.wasm_offset < function.body_offset + function.body_size);
    CHECK(module->module().bytes[frame.wasm_offset] == opcodes[i]);
  }
}

TEST_CASE("a backtrace names an inlined function and the one that it was inlined into", "[trap]") {
  Store store;
  Instance& instance = instantiate(store, R"((module
    (memory 1)
    (func $inlined (param i32) (result i32) (i32.load (local.get 0)))
    (func $outer (export "outer") (param i32) (result i32)
      (i32.add (i32.const 1) (call $inlined (local.get 0))))))");
  const Trap trap = trap_of(instance, "outer", {Value::i32(-1)});
  INFO(trap.full_message());
  REQUIRE(trap.backtrace.size() == 2);
  CHECK(trap.backtrace[0].function_name == "inlined");
  CHECK(trap.backtrace[0].wasm_offset != 0);
  CHECK(trap.backtrace[1].function_name == "outer");
}

TEST_CASE("tail calls take no stack, and cross instances", "[calls][tail]") {
  Store store;
  Instance& loop = instantiate(store, R"((module
    (func $count (export "count") (param i32 i64) (result i64)
      (if (i32.eqz (local.get 0)) (then (return (local.get 1))))
      (return_call $count (i32.sub (local.get 0) (i32.const 1))
                          (i64.add (local.get 1) (i64.const 2))))))");
  CHECK(call(loop, "count", {Value::i32(10'000'000), Value::i64(1)})[0].low == 20'000'001);
}

// Modules with tail calls use a calling convention of their own inside; at their borders they must
// be as all others.
TEST_CASE("a module with tail calls calls the host and other instances", "[calls][tail]") {
  Store store;
  FunctionReference* host =
      store.create_function({{ValueType::I32}, {ValueType::I32}}, [](auto arguments, auto results) {
        results[0] = Value::i32(static_cast<uint32_t>(arguments[0].low) + 1);
        return TrapCode::None;
      });
  constexpr char kText[] = R"((module
    (import "env" "f" (func $f (param i32) (result i32)))
    (table 1 funcref) (elem (i32.const 0) $f)
    (func (export "plain") (param i32) (result i32) (i32.mul (i32.const 2) (call $f (local.get 0))))
    (func (export "tail") (param i32) (result i32) (return_call $f (local.get 0)))
    (func (export "tail_indirect") (param i32) (result i32)
      (return_call_indirect (param i32) (result i32) (local.get 0) (i32.const 0)))))";
  const auto module = compile(kText);
  Instance& inner = instantiate(store, module, {{"env.f", host}});
  Instance& outer = instantiate(store, module, {{"env.f", function(inner, "tail")}});
  for (int i = 0; i < 3; ++i) {
    CHECK(call(inner, "plain", {Value::i32(4)})[0].low == 10);
    CHECK(call(inner, "tail", {Value::i32(4)})[0].low == 5);
    CHECK(call(inner, "tail_indirect", {Value::i32(4)})[0].low == 5);
    CHECK(call(outer, "plain", {Value::i32(4)})[0].low == 10);
    CHECK(call(outer, "tail", {Value::i32(4)})[0].low == 5);
    CHECK(call(outer, "tail_indirect", {Value::i32(4)})[0].low == 5);
  }
}

}  // namespace
}  // namespace linden::runtime
