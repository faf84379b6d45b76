// Copies and fills of every length about the bounds between the ways in which they are done,
// against the C library's.
#include <sys/mman.h>

#include <catch2/catch.hpp>
#include <cstring>
#include <numeric>

#include "runtime/context.h"
#include "runtime/memory.h"
#include "runtime/test_support.h"

namespace linden::runtime {
namespace {

using namespace test;

constexpr char kModule[] = R"((module (memory (export "memory") 1)
  (func (export "copy") (param i32 i32 i32)
    (memory.copy (local.get 0) (local.get 1) (local.get 2)))
  (func (export "fill") (param i32 i32 i32)
    (memory.fill (local.get 0) (local.get 1) (local.get 2)))))";
constexpr uint32_t kSize = Memory::kPageSize;
constexpr uint32_t kLongest = 420;
// What else lies about the bounds between the ways.
constexpr uint32_t kLonger[] = {511,  512,  513,  640,  700,  1000, 2048,
                                4000, 4095, 4096, 4097, 5000, 9000};

std::vector<uint32_t> lengths() {
  std::vector<uint32_t> all(kLongest + 1);
  std::iota(all.begin(), all.end(), 0);
  all.insert(all.end(), std::begin(kLonger), std::end(kLonger));
  return all;
}

// Every case with what the processor has, and without.
void choose_avx() {
#ifdef __x86_64__
  static const bool is_there = linden_has_avx;
  linden_has_avx = GENERATE(true, false) && is_there;
#endif
}

struct Guest {
  Store store;
  Instance& instance = instantiate(store, kModule);
  std::byte* memory = instance.memory()->base();
  FunctionReference* copy = function(instance, "copy");
  FunctionReference* fill = function(instance, "fill");
  std::vector<std::byte> expected = std::vector<std::byte>(kSize);

  Guest() {
    for (uint32_t i = 0; i < kSize; ++i) memory[i] = expected[i] = std::byte(i * 131 + i / 251);
  }
  bool run(FunctionReference* function, uint32_t a, uint32_t b, uint32_t c) {
    const Value arguments[] = {Value::i32(a), Value::i32(b), Value::i32(c)};
    return !invoke(function, arguments, {}).has_value();
  }
  bool is_as_expected() const { return std::memcmp(memory, expected.data(), kSize) == 0; }
};

TEST_CASE("copies of every length do as memmove does, however the two overlap", "[bulk]") {
  choose_avx();
  Guest guest;
  for (uint32_t length : lengths()) {
    const uint32_t stride = length <= kLongest ? 23 : length / 8 + 1;
    for (uint32_t distance = 0; distance <= length + 3; distance += distance < 40 ? 1 : stride) {
      const uint32_t low = 1000 + length % 17, high = low + distance;
      std::memmove(&guest.expected[high], &guest.expected[low], length);
      REQUIRE(guest.run(guest.copy, high, low, length));
      std::memmove(&guest.expected[low], &guest.expected[high], length);
      REQUIRE(guest.run(guest.copy, low, high, length));
    }
    INFO("length " << length);
    REQUIRE(guest.is_as_expected());
  }
}

TEST_CASE("fills of every length write that many bytes, and no more", "[bulk]") {
  choose_avx();
  Guest guest;
  for (uint32_t length : lengths()) {
    const uint32_t to = 2000 + length % 19, value = 0xabcd00 + length;
    std::memset(&guest.expected[to], static_cast<int>(value & 0xff), length);
    REQUIRE(guest.run(guest.fill, to, value, length));
    INFO("length " << length);
    REQUIRE(guest.is_as_expected());
  }
}

TEST_CASE("copies and fills to the end of memory are whole, and beyond it change nothing",
          "[bulk]") {
  choose_avx();
  Guest guest;
  for (uint32_t length : lengths()) {
    INFO("length " << length);
    const uint32_t last = kSize - length;
    std::memmove(&guest.expected[last], &guest.expected[5], length);
    CHECK(guest.run(guest.copy, last, 5, length));
    CHECK(guest.run(guest.copy, 5, last, length));
    CHECK(guest.run(guest.fill, 5, 0, 0));
    for (uint32_t beyond : {last + 1, kSize + 1, ~uint32_t{0}, ~uint32_t{0} - length}) {
      CHECK_FALSE(guest.run(guest.copy, beyond, 5, length));
      CHECK_FALSE(guest.run(guest.copy, 5, beyond, length));
      CHECK_FALSE(guest.run(guest.fill, beyond, 1, length));
    }
    REQUIRE(guest.is_as_expected());
  }
}

TEST_CASE("a copy that meets a page which cannot be reached, traps", "[bulk]") {
  choose_avx();
  Guest guest;
  constexpr uint32_t kHole = 3 * 4096;
  REQUIRE(mprotect(guest.memory + kHole, 4096, PROT_NONE) == 0);
  for (uint32_t length : {1u, 2u, 5u, 12u, 20u, 50u, 100u, 200u, 256u, 257u, 1000u, 4096u, 5000u}) {
    INFO("length " << length);
    for (uint32_t at : {kHole - length + 1, kHole}) {
      CHECK(trap_of(guest.instance, "copy", {Value::i32(at), Value::i32(0), Value::i32(length)})
                .code == TrapCode::MemoryOutOfBounds);
      CHECK(trap_of(guest.instance, "copy", {Value::i32(0), Value::i32(at), Value::i32(length)})
                .code == TrapCode::MemoryOutOfBounds);
      const Trap trap =
          trap_of(guest.instance, "fill", {Value::i32(at), Value::i32(7), Value::i32(length)});
      CHECK(trap.code == TrapCode::MemoryOutOfBounds);
      CHECK(trap.backtrace.size() == 1);
    }
  }
  // Memories are used again.
  REQUIRE(mprotect(guest.memory + kHole, 4096, PROT_READ | PROT_WRITE) == 0);
}

}  // namespace
}  // namespace linden::runtime
