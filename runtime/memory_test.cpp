#include "runtime/memory.h"

#include <catch2/catch.hpp>
#include <thread>

#include "runtime/test_support.h"
#include "runtime/wait_queue.h"

namespace linden::runtime {
namespace {

using namespace test;

TEST_CASE("a memory grows to its own limit, to ours, and no further", "[memory]") {
  jit::Limits limits{.initial = 1, .maximum = 4, .has_maximum = true};
  auto memory = Memory::create(limits);
  REQUIRE(memory.ok());
  CHECK((*memory)->grow(0) == 1);
  CHECK((*memory)->grow(4) == -1);
  CHECK((*memory)->grow(~uint64_t{0}) == -1);
  CHECK((*memory)->grow(2) == 1);
  (*memory)->set_page_limit(3);
  CHECK((*memory)->grow(1) == -1);
  (*memory)->set_page_limit(4);
  CHECK((*memory)->grow(1) == 3);
  (*memory)->base()[4 * Memory::kPageSize - 1] = std::byte{1};
  CHECK((*memory)->size_in_pages() == 4);
}

TEST_CASE("a memory without a maximum ends at 4 GiB", "[memory]") {
  auto memory = Memory::create({});
  REQUIRE(memory.ok());
  CHECK((*memory)->grow(Memory::kMaximumPages + 1) == -1);
  CHECK((*memory)->grow(Memory::kMaximumPages) == 0);
  CHECK((*memory)->grow(1) == -1);
}

TEST_CASE("threads that grow a memory at once each get pages of their own", "[memory]") {
  auto memory = Memory::create({});
  REQUIRE(memory.ok());
  std::vector<int64_t> seen[4];
  std::vector<std::thread> threads;
  for (auto& mine : seen) {
    threads.emplace_back([&] {
      for (int i = 0; i < 200; ++i) mine.push_back((*memory)->grow(1));
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::vector<int64_t> all;
  for (auto& mine : seen) all.insert(all.end(), mine.begin(), mine.end());
  std::sort(all.begin(), all.end());
  for (size_t i = 0; i < all.size(); ++i) REQUIRE(all[i] == static_cast<int64_t>(i));
}

constexpr char kWaiter[] = R"((module
  (import "env" "memory" (memory 1 2 shared))
  (func (export "wait") (param i64) (result i32)
    (memory.atomic.wait32 (i32.const 64) (i32.const 0) (local.get 0)))
  (func (export "notify") (param i32) (result i32)
    (memory.atomic.notify (i32.const 64) (local.get 0)))
  (func (export "store") (param i32) (i32.atomic.store (i32.const 64) (local.get 0)))))";

TEST_CASE("instances that share a memory wake one another", "[memory][threads]") {
  Store store;
  auto memory =
      store.create_memory({.initial = 1, .maximum = 2, .has_maximum = true, .shared = true});
  REQUIRE(memory.ok());
  auto module = compile(kWaiter);
  Instance& first = instantiate(store, module, {{"env.memory", *memory}});
  Instance& second = instantiate(store, module, {{"env.memory", *memory}});

  CHECK(call(first, "wait", {Value::i64(1'000'000)})[0].low == 2);  // timed out
  CHECK(call(second, "notify", {Value::i32(1)})[0].low == 0);

  uint64_t result = 99;
  std::thread waiter([&] {
    std::vector<Value> results(1);
    const std::vector<Value> forever{Value::i64(~uint64_t{0})};
    if (!invoke(std::get<0>(*first.find_export("wait")), forever, results)) result = results[0].low;
  });
  uint64_t woken = 0;
  for (int i = 0; i < 5000 && woken == 0; ++i) {
    woken = call(second, "notify", {Value::i32(10)})[0].low;
    if (woken == 0) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  waiter.join();
  CHECK(woken == 1);
  CHECK(result == 0);
  call(second, "store", {Value::i32(5)});
  CHECK(call(first, "wait", {Value::i64(~uint64_t{0})})[0].low == 1);  // not equal
}

}  // namespace
}  // namespace linden::runtime
