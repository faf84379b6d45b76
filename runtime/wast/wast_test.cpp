// The runner must notice what is wrong: every script here has one assertion that should fail, or
// that holds only if patterns are taken seriously.
#define CATCH_CONFIG_MAIN
#define CATCH_CONFIG_NO_POSIX_SIGNALS  // Catch's handlers would take the place of ours, which make
                                       // traps
#include "runtime/wast/wast.h"

#include <catch2/catch.hpp>

#include "runtime/wast/text.h"

namespace linden::runtime {
namespace {

WastResult run(std::string_view text) {
  LoadOptions one_thread;
  one_thread.compile_threads = 1;
  return run_wast(text, "test.wast", {.load = one_thread});
}

void check_passes(std::string_view text, int assertions) {
  WastResult result = run(text);
  for (const WastFailure& failure : result.failures) UNSCOPED_INFO(failure.message);
  CHECK(result.failures.empty());
  CHECK(result.passed == assertions);
  CHECK(result.failed == 0);
}

void check_fails(std::string_view text, const char* message, int failed = 1) {
  WastResult result = run(text);
  CHECK(result.passed == 0);
  CHECK(result.failed == failed);
  REQUIRE(result.failures.size() == 1);
  CHECK_THAT(result.failures[0].message, Catch::Contains(message));
}

constexpr char kModule[] = R"wast(
(module
  (global (export "g") i32 (i32.const 7))
  (table funcref (elem $id))
  (func $id (export "id") (param i32) (result i32) (local.get 0))
  (func (export "two") (result i32 i64) (i32.const 1) (i64.const 2))
  (func (export "f32") (param i32) (result f32) (f32.reinterpret_i32 (local.get 0)))
  (func (export "f64") (param i64) (result f64) (f64.reinterpret_i64 (local.get 0)))
  (func (export "v") (param v128) (result v128) (local.get 0))
  (func (export "extern") (param externref) (result externref) (local.get 0))
  (func (export "func") (result funcref) (ref.func $id))
  (func (export "trap") (unreachable))
  (func $deep (export "deep") (call $deep)))
)wast";

std::string script(const char* commands) { return std::string(kModule) + commands; }

TEST_CASE("Results are compared with their types", "[wast]") {
  check_passes(script(R"wast(
    (assert_return (invoke "id" (i32.const -1)) (i32.const 0xffffffff))
    (assert_return (invoke "two") (i32.const 1) (i64.const 2))
    (assert_return (get "g") (i32.const 7))
    (assert_return (invoke "extern" (ref.extern 0)) (ref.extern 0))
    (assert_return (invoke "extern" (ref.null extern)) (ref.null extern))
    (assert_return (invoke "func") (ref.func))
    (assert_return (invoke "v" (v128.const i8x16 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15))
                   (v128.const i8x16 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15)))wast"),
               7);
  check_fails(script(R"wast((assert_return (invoke "id" (i32.const 1)) (i32.const 2)))wast"),
              "got i32 1");
  check_fails(script(R"wast((assert_return (invoke "id" (i32.const 1)) (i64.const 1)))wast"),
              "result 0");
  check_fails(script(R"wast((assert_return (invoke "two") (i32.const 1)))wast"),
              "expected 1 results");
  check_fails(script(R"wast((assert_return (invoke "id")))wast"), "too few arguments");
  check_fails(script(R"wast((assert_return (invoke "id" (i64.const 1))))wast"), "do not match");
  check_fails(script(R"wast((assert_return (invoke "none")))wast"), "no export");
  check_fails(script(R"wast((assert_return (invoke "trap")))wast"), "unreachable");
  check_fails(script(R"wast((assert_return (get "g") (i32.const 8)))wast"), "got i32 7");
  check_fails(
      script(R"wast((assert_return (invoke "extern" (ref.extern 0)) (ref.null extern)))wast"),
      "null externref");
  check_fails(script(R"wast((assert_return (invoke "extern" (ref.extern 1)) (ref.extern 2)))wast"),
              "externref 1");
  check_fails(script(R"wast((assert_return (invoke "func") (ref.null func)))wast"), "a funcref");
  check_fails(script(R"wast((assert_return (invoke "v" (v128.const i32x4 0 0 0 1))
                                       (v128.const i32x4 0 0 0 2)))wast"),
              "v128");
}

TEST_CASE("NaN patterns", "[wast]") {
  check_passes(script(R"wast(
    (assert_return (invoke "f32" (i32.const 0x7fc00000)) (f32.const nan:canonical))
    (assert_return (invoke "f32" (i32.const 0xffc00000)) (f32.const nan:canonical))
    (assert_return (invoke "f32" (i32.const 0x7fc00001)) (f32.const nan:arithmetic))
    (assert_return (invoke "f64" (i64.const 0x7ff8000000000000)) (f64.const nan:canonical))
    (assert_return (invoke "f64" (i64.const 0xfff8000000000001)) (f64.const nan:arithmetic))
    (assert_return (invoke "f32" (i32.const 0x7fa00000)) (f32.const nan:0x200000))
    (assert_return (invoke "v" (v128.const i32x4 0x3f800000 0x7fc00000 0xffc00001 0))
                   (v128.const f32x4 1 nan:canonical nan:arithmetic 0))
    (assert_return (invoke "v" (v128.const i64x2 0x7ff8000000000000 0xfff8000000000001))
                   (v128.const f64x2 nan:canonical nan:arithmetic)))wast"),
               8);
  check_fails(script(R"wast((assert_return (invoke "f32" (i32.const 0x7fc00001))
                                       (f32.const nan:canonical)))wast"),
              "nan:canonical");
  check_fails(script(R"wast((assert_return (invoke "f32" (i32.const 0x7f800001))
                                       (f32.const nan:arithmetic)))wast"),
              "nan:arithmetic");
  check_fails(script(R"wast((assert_return (invoke "f64" (i64.const 0x7ff0000000000001))
                                       (f64.const nan:arithmetic)))wast"),
              "nan:arithmetic");
  check_fails(script(R"wast((assert_return (invoke "v" (v128.const i32x4 0 0 0 0x7fc00001))
                                       (v128.const f32x4 0 0 0 nan:canonical)))wast"),
              "lane 3");
  check_fails(
      script(R"wast((assert_return (invoke "f32" (i32.const 0x80000000)) (f32.const 0)))wast"),
      "got f32 -0");
}

TEST_CASE("Traps are compared by their message", "[wast]") {
  check_passes(script(R"wast((assert_trap (invoke "trap") "unreachable")
                         (assert_exhaustion (invoke "deep") "call stack exhausted"))wast"),
               2);
  check_fails(script(R"wast((assert_trap (invoke "trap") "integer overflow"))wast"), "unreachable");
  check_fails(script(R"wast((assert_trap (invoke "id" (i32.const 1)) "unreachable"))wast"),
              "returned");
  check_fails(script(R"wast((assert_exhaustion (invoke "trap") "call stack exhausted"))wast"),
              "unreachable");
  check_passes(R"wast((assert_trap (module (func $f unreachable) (start $f)) "unreachable"))wast",
               1);
  check_fails(R"wast((assert_trap (module) "unreachable"))wast", "no trap");
}

TEST_CASE("Modules that must be refused", "[wast]") {
  check_passes(R"wast(
    (assert_invalid (module (func (result i32))) "type mismatch")
    (assert_malformed (module binary "") "unexpected end")
    (assert_malformed (module quote "(func") "unexpected token")
    (assert_unlinkable (module (import "spectest" "none" (func))) "unknown import")
    (assert_unlinkable (module (import "spectest" "print" (func (param i32))))
                       "incompatible import type"))wast",
               5);
  check_fails(R"wast((assert_invalid (module) "type mismatch"))wast", "accepted");
  check_fails(R"wast((assert_malformed (module quote "(func)") "unexpected token"))wast",
              "accepted");
  check_fails(R"wast((assert_unlinkable (module) "unknown import"))wast", "linked");
  check_fails(R"wast((assert_unlinkable (module (import "spectest" "none" (func)))
                                    "incompatible import type"))wast",
              "unknown import");
}

TEST_CASE("Modules are found by name, by position and by registration", "[wast]") {
  check_passes(R"wast(
    (module $a (func (export "n") (result i32) (i32.const 1)))
    (module $b (func (export "n") (result i32) (i32.const 2)))
    (assert_return (invoke "n") (i32.const 2))
    (assert_return (invoke $a "n") (i32.const 1))
    (register "lib" $a)
    (module (import "lib" "n" (func $n (result i32))) (func (export "m") (result i32) (call $n)))
    (assert_return (invoke "m") (i32.const 1))
    (module binary "\00asm\01\00\00\00"))wast",
               3);
}

TEST_CASE("Trouble outside of assertions is reported and not counted", "[wast]") {
  check_fails("(module", "expected", 0);
  check_fails(R"wast((module (import "nowhere" "f" (func))))wast", "unknown import", 0);
  check_fails(script(R"wast((invoke "trap"))wast"), "unreachable", 0);
  check_fails(R"wast((module $a) (register "x" $b))wast", "", 0);
  check_fails(R"wast((module (func $f unreachable) (start $f)))wast", "unreachable", 0);
}

TEST_CASE("The proposals that a module uses are named", "[wast]") {
  auto features = [](std::string_view text) {
    auto bytes = assemble(text, "test.wat", {});
    REQUIRE(bytes.ok());
    return features_used(*bytes);
  };
  using Names = std::vector<std::string>;
  CHECK(features("(module (func (param i32)))") == Names{});
  CHECK(features("(module (func (drop (i32.extend8_s (i32.const 1)))))") ==
        Names{"sign-extension"});
  CHECK(features("(module (func (result i32 i32) (i32.const 1) (i32.const 2)))") ==
        Names{"multi-value"});
  CHECK(features("(module (memory 1) (func (memory.fill (i32.const 0) (i32.const 0) "
                 "(i32.const 0))))") == Names{"bulk-memory"});
  CHECK(features("(module (memory 1 2 shared) (func (atomic.fence)))") == Names{"threads"});
  CHECK(features("(module (func $f (return_call $f)))") == Names{"tail-call"});
  CHECK(features("(module (func (param v128)))") == Names{"simd128"});
  CHECK(features("(module (global i32 (i32.add (i32.const 1) (i32.const 2))))") ==
        Names{"extended-const"});
  CHECK(features("(module (global (export \"g\") (mut i32) (i32.const 0)))") ==
        Names{"mutable-globals"});
}

}  // namespace
}  // namespace linden::runtime
