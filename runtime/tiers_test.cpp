// Modules that run before they are compiled, and get optimised code while they run.
#include <atomic>
#include <catch2/catch.hpp>
#include <thread>

#include "runtime/test_support.h"
#include "runtime/tiered_code.h"

namespace linden::runtime {
namespace {

using namespace test;

LoadOptions tiered() {
  LoadOptions options;
  options.is_tiered = true;
  return options;
}

// As the background does when it has finished.
void install_optimized(const CompiledModule& module) {
  auto image = jit::compile(module.module(), compile_options_of({}));
  REQUIRE(image.ok());
  REQUIRE(const_cast<TieredCode*>(module.tiers())->install(*std::move(image)).ok());
}

// Calls `run` while optimised code comes when the module calls host.swap, and without any. Both
// give what the optimised module alone gives.
void check_swap(const std::string& text, std::vector<Value> arguments) {
  auto run = [&](bool is_tiered, bool swaps) {
    auto module = compile(text, is_tiered ? tiered() : LoadOptions());
    Store store;
    Imports imports;
    imports["host.swap"] = store.create_function({}, [&](auto, auto) {
      if (swaps) install_optimized(*module);
      return jit::TrapCode::None;
    });
    const auto results = call(instantiate(store, module, imports), "run", arguments);
    if (swaps) CHECK(module->tiers()->statistics().optimized > 0);
    return results;
  };
  const std::vector<Value> expected = run(false, false);
  for (bool swaps : {false, true}) {
    const std::vector<Value> found = run(true, swaps);
    REQUIRE(found.size() == expected.size());
    for (size_t i = 0; i < found.size(); ++i) {
      CHECK(found[i].low == expected[i].low);
      CHECK(found[i].high == expected[i].high);
    }
  }
}

TEST_CASE("only functions that are called are compiled, and those that they call", "[tiers]") {
  auto module = compile(R"((module
    (func $a (export "a") (result i32) (call $b))
    (func $b (result i32) (i32.const 5))
    (func $c (export "c") (result i32) (call $d))
    (func $d (result i32) (call $e))
    (func $e (result i32) (i32.const 6)))
  )",
                        tiered());
  Store store;
  Instance& instance = instantiate(store, module);
  CHECK(module->tiers()->statistics().compiled == 0);
  CHECK(call(instance, "a")[0].low == 5);
  CHECK(module->tiers()->statistics().compiled == 2);
  CHECK(module->tiers()->statistics().functions == 5);
}

TEST_CASE("frames of quick code return into themselves after they were replaced", "[tiers]") {
  check_swap(R"((module
    (import "host" "swap" (func $swap))
    (global $depth (mut i32) (i32.const 0))
    (func $down (param $n i32) (param $x f64) (result f64)
      (local $kept i64)
      (local.set $kept (i64.extend_i32_u (i32.mul (local.get $n) (i32.const 77))))
      (if (i32.eq (local.get $n) (i32.const 20)) (then (call $swap)))
      (global.set $depth (i32.add (global.get $depth) (i32.const 1)))
      (if (result f64) (i32.eqz (local.get $n))
        (then (local.get $x))
        (else (f64.add (f64.convert_i64_u (local.get $kept))
                       (call $down (i32.sub (local.get $n) (i32.const 1))
                                   (f64.mul (local.get $x) (f64.const 1.25)))))))
    (func (export "run") (param $n i32) (result f64 i32)
      (call $down (local.get $n) (f64.const 3))
      (global.get $depth)))
  )",
             {Value::i32(50)});
}

TEST_CASE("many parameters and results pass between the tiers", "[tiers]") {
  check_swap(R"((module
    (import "host" "swap" (func $swap))
    (func $mix (param i32 i64 f32 f64 v128 i32 i64 i32 i64 i32 i64 f64 f64 f64 f64 f64 f64 f64)
               (result i32 i64 f64 v128 i64 i64)
      (i32.add (local.get 0) (i32.add (local.get 5) (local.get 9)))
      (i64.add (local.get 1) (i64.mul (local.get 6) (i64.add (local.get 8) (local.get 10))))
      (f64.add (local.get 17) (f64.add (local.get 3) (f64.promote_f32 (local.get 2))))
      (i32x4.add (local.get 4) (i32x4.splat (local.get 7)))
      (local.get 6) (local.get 10))
    (func $call (result i32 i64 f64 v128 i64 i64)
      (call $mix (i32.const 1) (i64.const 2) (f32.const 3.5) (f64.const 4.25) (v128.const i64x2 5 6)
        (i32.const 7) (i64.const 8) (i32.const 9) (i64.const 10) (i32.const 11) (i64.const 12)
        (f64.const 13) (f64.const 14) (f64.const 15) (f64.const 16) (f64.const 17) (f64.const 18)
        (f64.const 19)))
    (func (export "run") (result i32 i64 f64 v128 i64 i64 i64)
      (local $sum i64) (local $i i32)
      (call $swap)
      (call $call)
      (i64.const 99)))
  )",
             {});
}

// What all callers know, optimised code does not give back; quick callers still ask.
TEST_CASE("functions whose results or parameters the optimiser drops are not replaced", "[tiers]") {
  check_swap(R"((module
    (import "host" "swap" (func $swap))
    (memory 1)
    (table 4 funcref)
    (func $constant (param $address i32) (result i32)
      (local $i i32)
      (loop $again
        (i32.store (local.get $address) (i32.add (i32.load (local.get $address)) (i32.const 3)))
        (local.set $address (i32.add (local.get $address) (i32.const 4)))
        (br_if $again (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1)))
                                (i32.const 200))))
      (i32.const 7))
    (func $unused (param $never i32) (param $n i32) (result i32)
      (local $i i32)
      (loop $again
        (i32.store (i32.const 64) (i32.add (i32.load (i32.const 64)) (local.get $n)))
        (br_if $again (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1)))
                                (local.get $n))))
      (i32.load (i32.const 64)))
    (func $twice (param $n i32) (result i32)
      (i32.add (i32.add (call $constant (local.get $n)) (call $constant (i32.const 16)))
               (i32.add (call $unused (i32.const 1) (local.get $n))
                        (call $unused (i32.const 2) (i32.const 9)))))
    (func (export "run") (param $n i32) (result i32)
      (local $sum i32) (local $i i32)
      (loop $again
        (if (i32.eq (local.get $i) (i32.const 5)) (then (call $swap)))
        (local.set $sum (i32.add (i32.mul (local.get $sum) (i32.const 31))
          (i32.add (call $twice (local.get $n))
                   (i32.add (call $constant (local.get $i)) (call $unused (local.get $i) (local.get $i))))))
        (br_if $again (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1)))
                                (i32.const 12))))
      (local.get $sum)))
  )",
             {Value::i32(17)});
}

TEST_CASE("references made before lead to optimised code", "[tiers]") {
  check_swap(R"((module
    (import "host" "swap" (func $swap))
    (type $unary (func (param i32) (result i32)))
    (table 3 funcref)
    (elem (i32.const 0) $double $square $negate)
    (func $double (type $unary) (i32.mul (local.get 0) (i32.const 2)))
    (func $square (type $unary) (i32.mul (local.get 0) (local.get 0)))
    (func $negate (type $unary) (i32.sub (i32.const 0) (local.get 0)))
    (func (export "run") (param $n i32) (result i32)
      (local $i i32)
      (table.set 0 (i32.const 2) (table.get 0 (i32.const 0)))
      (loop $again
        (if (i32.eq (local.get $i) (i32.const 50)) (then (call $swap)))
        (local.set $n (i32.add (i32.const 3) (call_indirect (type $unary) (local.get $n)
                               (i32.rem_u (local.get $i) (i32.const 3)))))
        (br_if $again (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1)))
                                (i32.const 100))))
      (local.get $n)))
  )",
             {Value::i32(5)});
}

TEST_CASE("exceptions of optimised code are caught in quick code", "[tiers]") {
  check_swap(R"((module
    (import "host" "swap" (func $swap))
    (tag $e (param i64))
    (func $throw (param $n i32)
      (if (i32.eqz (local.get $n)) (then (throw $e (i64.const 40))))
      (call $throw (i32.sub (local.get $n) (i32.const 1)))
      (call $nothing))
    (func $nothing)
    (func (export "run") (param $n i32) (result i64)
      (local $kept i64)
      (local.set $kept (i64.extend_i32_u (local.get $n)))
      (call $swap)
      (try (result i64)
        (do (call $throw (local.get $n)) (i64.const 0))
        (catch $e (i64.add (local.get $kept))))))
  )",
             {Value::i32(30)});
}

TEST_CASE("a backtrace goes through both tiers", "[tiers]") {
  auto module = compile(R"((module
    (import "host" "swap" (func $swap))
    (memory 1)
    (global $far (export "far") (mut i32) (i32.const 0x7fffffff))
    (func $fault (param $n i32) (result i32)
      ;; A frame is made only where one is needed, and what faults before has none.
      (drop (memory.grow (i32.const 0)))
      (if (i32.eqz (local.get $n)) (then (return (i32.load (global.get $far)))))
      (i32.mul (call $fault (i32.sub (local.get $n) (i32.const 1))) (local.get $n)))
    (func $outer (param $n i32) (result i32)
      (call $swap)
      (i32.add (call $fault (local.get $n)) (i32.const 2)))
    (func (export "run") (param $n i32) (result i32) (call $outer (local.get $n))))
  )",
                        tiered());
  Store store;
  Imports imports;
  imports["host.swap"] = store.create_function({}, [&](auto, auto) {
    install_optimized(*module);
    return jit::TrapCode::None;
  });
  const Trap trap = trap_of(instantiate(store, module, imports), "run", {Value::i32(2)});
  CHECK(trap.code == jit::TrapCode::MemoryOutOfBounds);
  std::vector<uint32_t> functions;
  for (const auto& frame : trap.backtrace) functions.push_back(frame.function_index);
  CHECK(functions == std::vector<uint32_t>{1, 1, 1, 2, 3});
}

TEST_CASE("threads that call a function for the first time at once get the same", "[tiers]") {
  std::string text = "(module ";
  for (int i = 0; i < 40; ++i) {
    text += "(func $f" + std::to_string(i) + " (param i32) (result i32) (i32.add (local.get 0) " +
            (i == 39 ? "(i32.const 1)" : "(call $f" + std::to_string(i + 1) + " (local.get 0))") +
            "))";
  }
  text += "(export \"run\" (func $f0)))";
  auto module = compile(text, tiered());
  Store store;
  Instance& instance = instantiate(store, module);
  FunctionReference* run = function(instance, "run");
  std::atomic<int> right = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      std::unique_ptr<Instance> own = instance.replicate();
      Value result;
      const Value argument = Value::i32(3);
      if (!own->call(run, {&argument, 1}, {&result, 1}) && result.low == 121) ++right;
    });
  }
  install_optimized(*module);
  for (std::thread& thread : threads) thread.join();
  CHECK(right == 8);
}

TEST_CASE("a module that ends before its code is compiled leaves nothing behind", "[tiers]") {
  for (int i = 0; i < 50; ++i) {
    auto module = compile("(module (func (export \"run\") (result i32) (i32.const 1)))", tiered());
    Store store;
    if (i % 2 == 0) CHECK(call(instantiate(store, module), "run")[0].low == 1);
  }
}

}  // namespace
}  // namespace linden::runtime
