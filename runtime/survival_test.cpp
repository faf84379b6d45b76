// One process outlives any number of guests that end badly, and keeps nothing of them.
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

#include "runtime/cache.h"
#include "runtime/test_support.h"

namespace linden::runtime {
namespace {

using namespace test;

constexpr const char* kGuests[] = {
    R"((module (func (export "f") unreachable)))",
    R"((module (memory 1) (func (export "f") (drop (i32.div_s (i32.const 1) (i32.load (i32.const 0)))))))",
    R"((module (memory 1) (func (export "f") (i32.store offset=0xffffffff (i32.const -1) (i32.const 1)))))",
    R"((module (memory 1) (func (export "f") (i32.store (i32.const 65536) (i32.const 1)))))",
    R"((module (memory 1) (func (export "f") (memory.fill (i32.const 1) (i32.const 1) (i32.const -1)))))",
    R"((module (memory 1) (func $f (export "f") (call $f) (i32.store (i32.const 0) (i32.const 1)))))",
    R"((module (table 1 funcref) (func (export "f") (call_indirect (i32.const 0)))))",
    R"((module (table 1 funcref) (func (export "f") (call_indirect (i32.const 7)))))",
    R"((module (memory 1) (func (export "f") (drop (i32.atomic.load (i32.const 1))))))",
    R"((module (memory 1 100) (func (export "f") (drop (memory.grow (i32.const 99)))
         (memory.fill (i32.const 0) (i32.const 1) (i32.const 6553600)) unreachable)))",
};

size_t count_lines(const char* path) {
  std::ifstream file(path);
  size_t lines = 0;
  for (std::string line; std::getline(file, line);) ++lines;
  return lines;
}

size_t count_entries(const char* path) {
  size_t entries = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(path)) ++entries;
  return entries;
}

struct Footprint {
  size_t mappings = count_lines("/proc/self/maps");
  size_t descriptors = count_entries("/proc/self/fd");
  size_t threads = count_entries("/proc/self/task");
};

TEST_CASE("a hundred rounds of trapping guests leave nothing behind", "[survival]") {
  std::vector<std::shared_ptr<const CompiledModule>> guests;
  for (const char* text : kGuests) guests.push_back(compile(text));
  const auto good = compile(R"((module (memory 1) (func (export "f") (param i32) (result i32)
    (i32.store (i32.const 65532) (local.get 0)) (i32.load (i32.const 65532)))))");
  std::optional<Footprint> before;
  for (uint32_t round = 0; round < 100; ++round) {
    for (const auto& guest : guests) {
      Store store;
      trap_of(instantiate(store, guest), "f");
    }
    Store store;
    REQUIRE(call(instantiate(store, good), "f", {Value::i32(round)})[0].low == round);
    if (round == 1) before.emplace();  // the first rounds may set things up once and for all
  }
  const Footprint after;
  CHECK(after.descriptors == before->descriptors);
  CHECK(after.threads == before->threads);
  // The heap may split a mapping or two.
  CHECK(after.mappings <= before->mappings + 4);
}

TEST_CASE("code from the cache does what fresh code does", "[cache]") {
  std::string directory =
      (std::filesystem::temp_directory_path() / "linden-survival-XXXXXX").string();
  REQUIRE(mkdtemp(directory.data()) != nullptr);
  const Cache cache(directory);
  LoadOptions options;
  options.cache = &cache;
  constexpr char kText[] = R"((module
    (memory 1) (table 2 funcref) (elem (i32.const 0) $a $b)
    (global $g (mut i64) (i64.const 3))
    (func $a (result f64) (f64.const 0.1))
    (func $b (result f64) (f64.sqrt (f64.convert_i64_u (global.get $g))))
    (func (export "f") (param i32) (result f64 i64)
      (global.set $g (i64.mul (global.get $g) (i64.const 7)))
      (f64.add (call_indirect (result f64) (local.get 0)) (f64.load (i32.const 0)))
      (global.get $g))
    (data (i32.const 0) "\00\00\00\00\00\00\f0\3f")))";
  std::vector<Value> expected;
  for (bool cached : {false, true, true}) {
    const auto module = compile(kText, options);
    CHECK(module->statistics().from_cache == cached);
    Store store;
    Instance& instance = instantiate(store, module);
    std::vector<Value> results;
    for (uint32_t i = 0; i < 4; ++i) {
      for (const Value& value : call(instance, "f", {Value::i32(i & 1)})) results.push_back(value);
    }
    if (expected.empty()) expected = results;
    for (size_t i = 0; i < results.size(); ++i) CHECK(results[i].low == expected[i].low);
  }
  std::filesystem::remove_all(directory);
}

}  // namespace
}  // namespace linden::runtime
