// Exceptions: what they carry, what they leave alone on their way, and where they end.
#include <catch2/catch.hpp>

#include "absl/strings/str_cat.h"
#include "jit/image.h"
#include "runtime/test_support.h"

namespace linden::runtime {
namespace {

using namespace test;

constexpr char kDeep[] = R"((module
  (tag $e (param i64))
  (func $down (param $n i32) (param $v i64) (result i64)
    (if (i32.eqz (local.get $n)) (then (throw $e (local.get $v))))
    ;; Not a tail call, and every frame has something to keep.
    (i64.add (call $down (i32.sub (local.get $n) (i32.const 1)) (local.get $v)) (local.get $v)))
  (func (export "run") (param $n i32) (param $v i64) (result i64)
    (try (result i64)
      (do (call $down (local.get $n) (local.get $v)))
      (catch $e (i64.add (i64.const 1))))))
)";

TEST_CASE("an exception passes ten thousand frames", "[exceptions]") {
  Store store;
  Instance& instance = instantiate(store, kDeep);
  for (uint32_t depth : {0u, 1u, 10u, 10'000u}) {
    CHECK(call(instance, "run", {Value::i32(depth), Value::i64(41)})[0].low == 42);
  }
}

TEST_CASE("images that were written and read again unwind", "[exceptions]") {
  auto module = jit::parse(bytes_of(kDeep));
  REQUIRE(module.ok());
  auto image = jit::compile(**module, compile_options_of({}));
  REQUIRE(image.ok());
  CHECK_FALSE(image->landing_pads.empty());
  auto again = jit::Image::deserialize(image->serialize());
  REQUIRE(again.ok());
  CHECK(again->serialize() == image->serialize());
  auto loaded = CompiledModule::create(*module, *std::move(again), jit::Sfi::Segment);
  REQUIRE(loaded.ok());
  Store store;
  Instance& instance = instantiate(store, *loaded);
  CHECK(call(instance, "run", {Value::i32(100), Value::i64(41)})[0].low == 42);
}

// A function with `count` values of each kind that are made before a call that throws, and summed
// up after it; the callee uses as many registers before it throws.
std::string register_module(int count) {
  std::string make, sum;
  for (int i = 0; i < count; ++i) {
    absl::StrAppend(
        &make, "(local.set $i", i, " (i64.mul (local.get $s) (i64.const ", 2 * i + 3,
        ")))(local.set $f", i, " (f64.mul (f64.convert_i64_s (local.get $s)) (f64.const ", i + 2,
        ")))(local.set $v", i, " (i64x2.add (i64x2.splat (local.get $s)) (v128.const i64x2 ", i,
        " ", 7 * i, ")))");
    absl::StrAppend(&sum,
                    "(local.set $r (i64.add (i64.rotl (local.get $r) (i64.const 1)) (i64.xor"
                    " (local.get $i",
                    i, ") (i64.xor (i64.reinterpret_f64 (local.get $f", i,
                    ")) (i64.xor (i64x2.extract_lane 0 (local.get $v", i,
                    ")) (i64x2.extract_lane 1 (local.get $v", i, ")))))))");
  }
  std::string locals = "(local $r i64)";
  for (int i = 0; i < count; ++i) {
    absl::StrAppend(&locals, "(local $i", i, " i64)(local $f", i, " f64)(local $v", i, " v128)");
  }
  // $mode 0: the callee returns; 1: it throws; 2: it throws after it has called itself with 1 and
  // caught that. Both functions are recursive, so that they are not inlined away.
  return absl::StrCat(
      "(module (tag $e (param i64))"
      "(func $f (export \"run\") (param $mode i32) (param $depth i32) (param $s i64) (result i64)",
      locals, make,
      "(if (i32.eqz (local.get $depth)) (then"
      "  (if (local.get $mode) (then (throw $e (local.get $s)))) (return (i64.const 0))))"
      "(try (do (drop (call $f (local.get $mode) (i32.sub (local.get $depth) (i32.const 1))"
      "           (i64.add (local.get $s) (i64.const 1)))))"
      "  (catch_all))",
      sum,
      // The value that the frame above this one ought to have is thrown back, or returned.
      "(if (i32.eq (local.get $mode) (i32.const 2)) (then (try (do (throw $e (local.get $r)))"
      "  (catch $e (local.set $r)))))"
      "(local.get $r)))");
}

TEST_CASE("a handler finds every live value as it was", "[exceptions]") {
  for (int count : {1, 3, 6, 20}) {
    Store store;
    Instance& instance = instantiate(store, register_module(count));
    for (uint32_t depth : {1u, 2u, 7u}) {
      const Value seed = Value::i64(0x1234'5678'9abcull);
      const auto expected = call(instance, "run", {Value::i32(0), Value::i32(depth), seed})[0].low;
      CHECK(call(instance, "run", {Value::i32(1), Value::i32(depth), seed})[0].low == expected);
      CHECK(call(instance, "run", {Value::i32(2), Value::i32(depth), seed})[0].low == expected);
    }
  }
}

TEST_CASE("exceptions carry every kind of value, also through a catch_all that throws others",
          "[exceptions]") {
  Store store;
  Instance& instance = instantiate(store, R"((module
    (tag $all (param i32 i64 f32 f64 v128 externref))
    (tag $other (param v128 v128 v128 v128))
    (table 2 funcref) (elem (i32.const 0) $thrower $noise)
    (func $noise (throw $other (v128.const i64x2 -1 -1) (v128.const i64x2 -1 -1)
                               (v128.const i64x2 -1 -1) (v128.const i64x2 -1 -1)))
    (func $thrower (param externref)
      (throw $all (i32.const 0x12345678) (i64.const 0x1122334455667788) (f32.const 1.5)
                  (f64.const -2.5) (v128.const i64x2 0x0102030405060708 0x1112131415161718)
                  (local.get 0)))
    (func $cleanup (param externref)
      (try $t (do (call $thrower (local.get 0)))
        (catch_all
          (try (do (call_indirect (i32.const 1))) (catch $other drop drop drop drop))
          (rethrow $t))))
    (func $again (param externref)
      (try $t (do (call $cleanup (local.get 0)))
        (catch $all
          drop drop drop drop drop drop
          (try (do (call_indirect (i32.const 1))) (catch_all))
          (rethrow $t))))
    (func (export "run") (param externref) (result i32 i64 f32 f64 v128 externref)
      (try (result i32 i64 f32 f64 v128 externref)
        (do (call $again (local.get 0)) (unreachable))
        (catch $all)))))");
  const std::vector<Value> results = call(instance, "run", {Value::reference(&store)});
  CHECK(results[0].low == 0x12345678);
  CHECK(results[1].low == 0x1122334455667788);
  CHECK(results[2].low == 0x3fc00000);
  CHECK(results[3].low == 0xc004000000000000);
  CHECK(results[4].low == 0x0102030405060708);
  CHECK(results[4].high == 0x1112131415161718);
  CHECK(results[5].low == reinterpret_cast<uint64_t>(&store));
}

TEST_CASE("an exception out of another instance restores memory and globals", "[exceptions]") {
  Store store;
  Instance& callee = instantiate(store, R"((module
    (memory 1) (global $count (mut i64) (i64.const 100))
    (tag (export "tag") (param i64)) (tag $hidden (param i64))
    (func (export "throw") (param $is_hidden i32) (param $address i32)
      (global.set $count (i64.add (global.get $count) (i64.const 1)))
      (i64.store (local.get $address) (i64.const 0xbad))
      (if (local.get $is_hidden) (then (throw $hidden (i64.const -1))))
      (throw 0 (global.get $count)))
    (func (export "count") (result i64) (global.get $count))))");
  const Imports imports = {{"env.tag", *callee.find_export("tag")},
                           {"env.throw", *callee.find_export("throw")}};
  constexpr char kCaller[] = R"((module
    (import "env" "tag" (tag $e (param i64)))
    (import "env" "throw" (func $throw (param i32 i32)))
    (tag $same_type (param i64))
    (memory 1) (global $mark (mut i64) (i64.const 5))
    (func (export "run") (param $is_hidden i32) (result i64 i64 i64) (local $v i64)
      (i64.store (i32.const 8) (i64.const 7))
      (global.set $mark (i64.const 6))
      (try (do (call $throw (local.get $is_hidden) (i32.const 8)))
        (catch $same_type (local.set $v))
        (catch $e (local.set $v))
        (catch_all (local.set $v (i64.const -2))))
      (local.get $v) (i64.load (i32.const 8)) (global.get $mark))
    (func (export "pass") (call $throw (i32.const 0) (i32.const 16)))))";
  Instance& caller = instantiate(store, kCaller, imports);
  for (uint32_t hidden : {0u, 1u}) {
    const std::vector<Value> results = call(caller, "run", {Value::i32(hidden)});
    CHECK(results[0].low == (hidden != 0 ? uint64_t(-2) : 101));
    CHECK(results[1].low == 7);
    CHECK(results[2].low == 6);
  }
  CHECK(call(callee, "count")[0].low == 102);

  // Through an instance in the middle, which takes nothing.
  Instance& outer = instantiate(store, kCaller,
                                {{"env.tag", imports.at("env.tag")},
                                 {"env.throw", function(instantiate(store, R"((module
          (import "env" "throw" (func $throw (param i32 i32)))
          (global $own (mut i64) (i64.const 77))
          (func (export "throw") (param i32 i32)
            (global.set $own (i64.const 78))
            (call $throw (local.get 0) (local.get 1)) (global.set $own (i64.const 79)))
          (func (export "tail") (param i32 i32)
            (return_call $throw (local.get 0) (local.get 1)))))",
                                                                    imports),
                                                        "throw")}});
  CHECK(call(outer, "run", {Value::i32(0)})[0].low == 103);
  CHECK(call(outer, "run", {Value::i32(0)})[2].low == 6);
  const Trap trap = trap_of(outer, "pass");
  CHECK(trap.code == TrapCode::UncaughtException);
  REQUIRE(trap.backtrace.size() == 3);  // of three instances
  CHECK(trap.backtrace[2].function_name == "pass");
}

TEST_CASE("an uncaught exception is a trap that tells where it was thrown", "[exceptions]") {
  Store store;
  Instance& instance = instantiate(store, R"((module
    (tag $e) (tag $f) (table 1 funcref) (elem (i32.const 0) $inner)
    (func $inner (throw $e))
    (func $middle (try (do (call_indirect (i32.const 0))) (catch $f)))
    (func $outer (export "run") (try (do (call $middle)) (catch $f)))
    (func (export "local") (try (do (throw $e)) (catch $f)))))");
  const Trap trap = trap_of(instance, "run");
  CHECK(trap.code == TrapCode::UncaughtException);
  CHECK(trap.exit_code() == 134);
  REQUIRE_FALSE(trap.backtrace.empty());
  CHECK(trap.backtrace[0].function_name == "inner");
  CHECK(trap.backtrace.back().function_name == "outer");
  const Trap local = trap_of(instance, "local");
  CHECK(local.code == TrapCode::UncaughtException);
  REQUIRE(local.backtrace.size() == 1);
  CHECK(local.backtrace[0].function_name == "local");
}

TEST_CASE("traps are not exceptions", "[exceptions]") {
  Store store;
  Instance& instance = instantiate(store, R"((module
    (memory 1) (table 1 funcref) (elem (i32.const 0) $load)
    (func $load (param i32) (result i32) (i32.load (local.get 0)))
    (func $divide (param i32) (result i32) (i32.div_s (i32.const 1) (local.get 0)))
    (func $endless (export "endless") (result i32)
      (try (result i32) (do (i32.add (call $endless) (i32.const 1))) (catch_all (i32.const 1))))
    (func (export "load") (param i32) (result i32)
      (try (result i32) (do (call_indirect (param i32) (result i32) (local.get 0) (i32.const 0)))
        (catch_all (i32.const 1))))
    (func (export "divide") (param i32) (result i32)
      (try (result i32) (do (call $divide (local.get 0))) (catch_all (i32.const 1))))))");
  CHECK(trap_of(instance, "load", {Value::i32(0xffff'0000u)}).code == TrapCode::MemoryOutOfBounds);
  CHECK(trap_of(instance, "divide", {Value::i32(0)}).code == TrapCode::IntegerDivideByZero);
  CHECK(trap_of(instance, "endless").code == TrapCode::StackOverflow);
}

TEST_CASE("an exception ends at the host function that called the guest", "[exceptions]") {
  Store store;
  FunctionReference* thrower = nullptr;
  bool pass_on = false;
  FunctionReference* host = store.create_function({{}, {ValueType::I32}}, [&](auto, auto results) {
    std::optional<Trap> trap = invoke(thrower, {}, {});
    results[0] = Value::i32(trap ? static_cast<uint32_t>(trap->code) : 0);
    return trap && pass_on ? trap->code : TrapCode::None;
  });
  Instance& instance = instantiate(store, R"((module
    (import "env" "host" (func $host (result i32)))
    (tag $e (param i32))
    (func $throw (export "throw") (throw $e (i32.const 1)))
    (func (export "run") (result i32)
      (try (result i32) (do
          (drop (try (result i32) (do (call $throw) (i32.const 0)) (catch $e)))
          (call $host))
        (catch_all (i32.const -1)))))
    )",
                                   {{"env.host", host}});
  thrower = function(instance, "throw");
  CHECK(call(instance, "run")[0].low == static_cast<uint64_t>(TrapCode::UncaughtException));
  pass_on = true;
  CHECK(trap_of(instance, "run").code == TrapCode::UncaughtException);
  pass_on = false;
  CHECK(call(instance, "run")[0].low == static_cast<uint64_t>(TrapCode::UncaughtException));
}

TEST_CASE("a tail call leaves the try that it stands in", "[exceptions]") {
  Store store;
  Instance& instance = instantiate(store, R"((module
    (tag $e (param i32))
    (func $throw (param i32) (result i32) (throw $e (local.get 0)))
    (func $jump (param i32) (result i32)
      (try (result i32) (do (return_call $throw (local.get 0))) (catch $e (i32.add (i32.const 100)))))
    (func (export "run") (param i32) (result i32)
      (try (result i32) (do (call $jump (local.get 0))) (catch $e (i32.add (i32.const 1)))))))");
  CHECK(call(instance, "run", {Value::i32(5)})[0].low == 6);
}

TEST_CASE("delegate and rethrow choose among nested handlers", "[exceptions]") {
  Store store;
  Instance& instance = instantiate(store, R"((module
    (tag $a (param i32)) (tag $b)
    (table 1 funcref) (elem (i32.const 0) $throw)
    (type $thrower (func (param i32)))
    (func $throw (type $thrower)
      (if (i32.eqz (local.get 0)) (then (throw $b)))
      (throw $a (local.get 0)))
    ;; The handler that is skipped would add 1000.
    (func (export "skip") (param i32) (result i32)
      (try $outer (result i32)
        (do (try (result i32)
          (do (try (result i32)
            (do (call_indirect (type $thrower) (local.get 0) (i32.const 0)) (i32.const 0))
            (delegate $outer)))
          (catch $a (i32.add (i32.const 1000)))
          (catch $b (i32.const 1000))))
        (catch $a (i32.add (i32.const 1)))
        (catch_all (i32.const -1))))
    ;; Rethrows the outer exception from within the clause of an inner one.
    (func (export "rethrow") (param i32) (result i32)
      (try (result i32)
        (do (try $first (result i32)
          (do (call_indirect (type $thrower) (local.get 0) (i32.const 0)) (i32.const 0))
          (catch $a drop
            (try (result i32) (do (throw $b)) (catch $b (rethrow $first))))))
        (catch $a (i32.add (i32.const 2)))
        (catch $b (i32.const -2))))
    ;; An assignment in the body is seen by the handler if it came before the throw.
    (func (export "locals") (param i32) (result i32) (local $x i32)
      (try (do
          (local.set $x (i32.const 10))
          (call_indirect (type $thrower) (local.get 0) (i32.const 0))
          (local.set $x (i32.const 20)))
        (catch $a (local.set $x (i32.add (local.get $x))))
        (catch $b (local.set $x (i32.add (local.get $x) (i32.const 1)))))
      (local.get $x))))");
  CHECK(call(instance, "skip", {Value::i32(5)})[0].low == 6);
  CHECK(call(instance, "skip", {Value::i32(0)})[0].low == 0xffff'ffff);
  CHECK(call(instance, "rethrow", {Value::i32(5)})[0].low == 7);
  CHECK(call(instance, "rethrow", {Value::i32(0)})[0].low == 0xffff'fffe);
  CHECK(call(instance, "locals", {Value::i32(5)})[0].low == 15);
  CHECK(call(instance, "locals", {Value::i32(0)})[0].low == 11);
}

TEST_CASE("exceptions pass functions that were compiled apart", "[exceptions]") {
  // Bodies of some 20 KiB, so that the module is cut into parts.
  constexpr int kFunctions = 30;
  std::string padding;
  for (int i = 0; i < 1500; ++i) {
    absl::StrAppend(&padding, "(local.set $x (i64.xor (i64.mul (local.get $x) (i64.const ",
                    0x1000001 + 2 * i, ")) (local.get $n)))");
  }
  std::string text = "(module (tag $e (param i64))";
  for (int i = 0; i < kFunctions; ++i) {
    // Each calls one far away; the last throws what it was given.
    const int next = (i * 31 + 17) % kFunctions;
    absl::StrAppend(&text, "(func $f", i, i == 0 ? " (export \"f\")" : "",
                    " (param $n i64) (result i64) (local $x i64) ", padding,
                    "(if (i64.eqz (local.get $n)) (then (throw $e (i64.const 1))))"
                    "(try (result i64) (do (call $f",
                    next,
                    " (i64.sub (local.get $n) (i64.const 1))))"
                    "(catch $e (i64.add (i64.const 1)) (local.set $x (i64.xor (local.get $x)"
                    " (i64.const -1))) (if (i32.wrap_i64 (i64.and (local.get $n) (i64.const 1)))"
                    " (then (throw $e (i64.const 1000)))))))");
  }
  text += ")";
  REQUIRE(bytes_of(text).size() > 400'000);
  Store store;
  Instance& instance = instantiate(store, text);
  // Odd callers throw 1000 instead, even ones return one more.
  CHECK(call(instance, "f", {Value::i64(2)})[0].low == 1001);
}

TEST_CASE("limits and misplaced clauses are refused", "[exceptions]") {
  auto load = [](const std::vector<uint8_t>& bytes) {
    return CompiledModule::load(bytes, {}).status();
  };
  const absl::Status wide = load(bytes_of("(module (tag (param v128 v128 v128 v128 i32)))"));
  CHECK(absl::IsUnimplemented(wide));
  // A module with one function of type () -> () and the given code.
  auto with_code = [](std::vector<uint8_t> code) {
    std::vector<uint8_t> bytes = {0, 'a', 's', 'm', 1, 0, 0,  0, 1, 4, 1, 0x60,
                                  0, 0,   3,   2,   1, 0, 13, 3, 1, 0, 0};
    const auto size = static_cast<uint8_t>(code.size() + 1);
    bytes.insert(bytes.end(), {10, static_cast<uint8_t>(size + 2), 1, size, 0});
    bytes.insert(bytes.end(), code.begin(), code.end());
    return bytes;
  };
  CHECK(load(with_code({0x06, 0x40, 0x07, 0, 0x19, 0x0b, 0x0b})).ok());
  CHECK(load(with_code({0x06, 0x40, 0x18, 0, 0x0b})).ok());
  const std::vector<uint8_t> refused[] = {
      {0x07, 0, 0x0b},                          // catch outside of any block
      {0x02, 0x40, 0x07, 0, 0x0b, 0x0b},        // catch in a block
      {0x19, 0x0b},                             // catch_all outside
      {0x18, 0, 0x0b},                          // delegate outside
      {0x02, 0x40, 0x18, 0, 0x0b},              // delegate ends a block
      {0x06, 0x40, 0x19, 0x07, 0, 0x0b, 0x0b},  // catch after catch_all
      {0x06, 0x40, 0x19, 0x19, 0x0b, 0x0b},     // two catch_alls
      {0x06, 0x40, 0x07, 0, 0x18, 0, 0x0b},     // delegate after catch
      {0x06, 0x40, 0x07, 1, 0x0b, 0x0b},        // no such tag
      {0x06, 0x40, 0x18, 5, 0x0b},              // no such label
      {0x06, 0x40, 0x09, 0, 0x0b, 0x0b},        // rethrow in a body
      {0x09, 0, 0x0b},                          // rethrow outside
      {0x08, 1, 0x0b},                          // throw of no such tag
  };
  for (const std::vector<uint8_t>& code : refused) {
    CHECK(absl::IsInvalidArgument(load(with_code(code))));
  }
}

}  // namespace
}  // namespace linden::runtime
