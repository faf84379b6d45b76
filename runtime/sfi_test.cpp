// That each SFI back-end does what its name says, at every kind of access: by taking away what the
// others rely on. Where pages beyond the end are accessible, only a check traps; where the mask is
// smaller, only an address that is masked is another one; where the base moves during a call, only
// code that loads it again finds the memory.
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>

#include "jit/sfi/base_address.h"
#include "runtime/context.h"
#include "runtime/invoke.h"
#include "runtime/sanitizer.h"
#include "runtime/test_support.h"

namespace linden::runtime {
namespace {

using namespace test;

constexpr jit::Tier kTiers[] = {jit::Tier::Fast, jit::Tier::Optimized};

struct Access {
  std::string name;
  std::string text;  // of the instruction; the address is parameter 0
  uint32_t size;
  bool is_store;
};

std::vector<Access> all_accesses() {
  std::vector<Access> accesses;
  const std::string address = " offset=8 (local.get 0)";
  auto add_load = [&](const std::string& name, uint32_t size) {
    accesses.push_back({name, "(drop (" + name + address + "))", size, false});
  };
  auto add_store = [&](const std::string& name, const std::string& value, uint32_t size) {
    accesses.push_back({name, "(" + name + address + " (" + value + "))", size, true});
  };
  for (const std::string type : {"i32", "i64", "f32", "f64"}) {
    const uint32_t size = type.ends_with("32") ? 4 : 8;
    add_load(type + ".load", size);
    add_store(type + ".store", type + ".const 1", size);
  }
  for (const std::string type : {"i32", "i64"}) {
    const std::string one = type + ".const 1";
    const uint32_t full = type == "i32" ? 4 : 8;
    add_load(type + ".atomic.load", full);
    add_store(type + ".atomic.store", one, full);
    for (uint32_t size = 1; size <= full; size *= 2) {
      const std::string bits = size == full ? "" : std::to_string(8 * size);
      const std::string suffix = size == full ? "" : "_u";
      for (const std::string operation : {"add", "sub", "and", "or", "xor", "xchg", "cmpxchg"}) {
        const std::string name = type + ".atomic.rmw" + bits + "." + operation + suffix;
        const std::string value =
            operation == "cmpxchg" ? "(" + one + ") (" + one + ")" : "(" + one + ")";
        accesses.push_back({name, "(drop (" + name + address + " " + value + "))", size, true});
      }
      if (size == full) continue;
      add_load(type + ".load" + bits + "_s", size);
      add_load(type + ".load" + bits + "_u", size);
      add_store(type + ".store" + bits, one, size);
      add_load(type + ".atomic.load" + bits + "_u", size);
      add_store(type + ".atomic.store" + bits, one, size);
    }
  }
  add_load("v128.load", 16);
  add_store("v128.store", "v128.const i64x2 1 2", 16);
  for (const std::string shape : {"8x8", "16x4", "32x2"}) add_load("v128.load" + shape + "_s", 8);
  for (uint32_t size = 1; size <= 8; size *= 2) {
    const std::string bits = std::to_string(8 * size);
    const std::string lane = address.substr(0, 9) + " 0" + address.substr(9);
    const std::string zero = " (v128.const i64x2 0 0)";
    add_load("v128.load" + bits + "_splat", size);
    if (size >= 4) add_load("v128.load" + bits + "_zero", size);
    accesses.push_back({"v128.load" + bits + "_lane",
                        "(drop (v128.load" + bits + "_lane" + lane + zero + "))", size, false});
    accesses.push_back({"v128.store" + bits + "_lane",
                        "(v128.store" + bits + "_lane" + lane + zero + ")", size, true});
  }
  return accesses;
}

// One function for each access.
const std::string& access_module() {
  static const std::string text = [] {
    std::string result = "(module (memory (export \"memory\") 1)";
    for (const Access& access : all_accesses()) {
      result += "(func (export \"" + access.name + "\") (param i32) " + access.text + ")\n";
    }
    return result + ")";
  }();
  return text;
}

LoadOptions options_for(jit::Sfi sfi, jit::Tier tier) {
  LoadOptions options;
  options.sfi = sfi;
  options.tier = tier;
  options.strict_traps = true;
  return options;
}

bool traps(const Instance& instance, const std::string& name, uint32_t address) {
  const Value argument = Value::i32(address);
  std::optional<Trap> trap = invoke(function(instance, name), {&argument, 1}, {});
  if (trap) CHECK(trap->code == TrapCode::MemoryOutOfBounds);
  return trap.has_value();
}

// The whole reservation can be read and written, as if it were the guest's.
void remove_guards(const Instance& instance) {
  const Memory& memory = *instance.memory();
  REQUIRE(mprotect(memory.base(), Memory::kReservation, PROT_READ | PROT_WRITE) == 0);
}

TEST_CASE("every access is compiled, whatever confines it, and ends where memory does", "[sfi]") {
  for (const jit::Sfi sfi : {jit::Sfi::Segment, jit::Sfi::Base, jit::Sfi::Bounds,
                             jit::Sfi::BoundsStores, jit::Sfi::Mask, jit::Sfi::MaskStores}) {
    for (const jit::Tier tier : kTiers) {
      Store store;
      Instance& instance = instantiate(store, compile(access_module(), options_for(sfi, tier)));
      for (const Access& access : all_accesses()) {
        INFO(jit::to_string(sfi) << " " << access.name);
        const uint32_t last = 65536 - 8 - access.size;
        CHECK_FALSE(traps(instance, access.name, last));
        CHECK(traps(instance, access.name, last + access.size));
        CHECK(traps(instance, access.name, 0u - access.size));
      }
    }
  }
}

TEST_CASE("checks of bounds do not need guards", "[sfi]") {
  for (const jit::Sfi sfi : {jit::Sfi::Bounds, jit::Sfi::BoundsStores}) {
    for (const jit::Tier tier : kTiers) {
      Store store;
      Instance& instance = instantiate(store, compile(access_module(), options_for(sfi, tier)));
      remove_guards(instance);
      for (const Access& access : all_accesses()) {
        INFO(jit::to_string(sfi) << " " << access.name);
        const uint32_t last = 65536 - 8 - access.size;
        const bool is_checked = sfi == jit::Sfi::Bounds || access.is_store;
        CHECK_FALSE(traps(instance, access.name, last));
        CHECK(traps(instance, access.name, last + access.size) == is_checked);
        CHECK(traps(instance, access.name, 0u - access.size) == is_checked);
      }
    }
  }
}

TEST_CASE("checks of bounds see what memory has grown by", "[sfi]") {
  for (const jit::Tier tier : kTiers) {
    Store store;
    Instance& instance =
        instantiate(store, compile(access_module(), options_for(jit::Sfi::Bounds, tier)));
    remove_guards(instance);
    CHECK(traps(instance, "i64.store", 65536));
    REQUIRE(instance.memory()->grow(1) == 1);
    CHECK_FALSE(traps(instance, "i64.store", 65536));
    CHECK(traps(instance, "i64.store", 131072));
  }
}

TEST_CASE("every masked access goes where the mask says", "[sfi]") {
  for (const jit::Sfi sfi : {jit::Sfi::Mask, jit::Sfi::MaskStores}) {
    for (const jit::Tier tier : kTiers) {
      Store store;
      Instance& instance = instantiate(store, compile(access_module(), options_for(sfi, tier)));
      current_context().memory_mask = 0xffff;
      for (const Access& access : all_accesses()) {
        INFO(jit::to_string(sfi) << " " << access.name);
        const bool is_masked = sfi == jit::Sfi::Mask || access.is_store;
        CHECK(traps(instance, access.name, 0x20000 - 8) == !is_masked);
        CHECK(traps(instance, access.name, 0xfffffe00) == !is_masked);
      }
      current_context().memory_mask = jit::kMemoryMask;
    }
  }
}

// What fork does: the code goes on with the same frames and another memory.
TEST_CASE("memory is found again after it has moved during a call", "[sfi]") {
  const std::string text = R"((module
    (import "env" "move" (func $move))
    (memory (export "memory") 1)
    (func $visit (param i32) (call $move) (i32.store (local.get 0) (i32.const 5)))
    (func (export "run") (param $address i32) (param $count i32) (result i32) (local $sum i32)
      (i32.store (local.get $address) (i32.const 1))
      (local.set $sum (i32.load offset=4 (local.get $address)))
      (loop $again
        (local.set $sum (i32.add (local.get $sum) (i32.load offset=8 (local.get $address))))
        (call $visit (local.get $address))
        (local.set $sum (i32.add (local.get $sum) (i32.load offset=12 (local.get $address))))
        (i32.store offset=16 (local.get $address) (local.get $sum))
        (br_if $again
          (local.tee $count (i32.sub (local.get $count) (i32.const 1)))))
      (local.get $sum))))";
  for (const jit::Sfi sfi : {jit::Sfi::Segment, jit::Sfi::Base, jit::Sfi::Bounds, jit::Sfi::Mask}) {
    for (const jit::Tier tier : kTiers) {
      INFO(jit::to_string(sfi));
      Store store;
      auto other = Memory::create({.initial = 1});
      REQUIRE(other.ok());
      std::byte* first_base = nullptr;
      FunctionReference* move = store.create_function({}, [&](auto, auto) {
        // The old one is gone for good.
        if (first_base != nullptr) REQUIRE(mprotect(first_base, 65536, PROT_NONE) == 0);
        jit::Context& context = current_context();
        context.instance->memory_base = context.memory_base = (*other)->base();
        write_gs_base(context.memory_base);
        return TrapCode::None;
      });
      Instance& instance =
          instantiate(store, compile(text, options_for(sfi, tier)), {{"env.move", move}});
      first_base = instance.memory()->base();
      auto word = [](std::byte* base, size_t index) {
        return reinterpret_cast<uint32_t*>(base + 0x100) + index;
      };
      *word(first_base, 1) = 10;
      *word(first_base, 2) = 100;
      *word((*other)->base(), 2) = 1000;
      *word((*other)->base(), 3) = 10000;
      // 10 + 100, then 10000 from the other; then 1000 and 10000.
      CHECK(call(instance, "run", {Value::i32(0x100), Value::i32(2)})[0].low == 21110);
      CHECK(*word((*other)->base(), 0) == 5);
      CHECK(*word((*other)->base(), 4) == 21110);
    }
  }
}

// A trap would let whoever got out go on, and try again.
TEST_CASE("a fault of generated code outside of its memory ends the process", "[sfi]") {
  Store store;
  Instance& instance =
      instantiate(store, compile(access_module(), options_for(jit::Sfi::Segment, jit::Tier::Fast)));
  auto elsewhere = Memory::create({});
  REQUIRE(elsewhere.ok());
  FunctionReference* load = function(instance, "i32.load");
  constexpr int kTrapped = 77;
  fflush(nullptr);
  const pid_t child = fork();
  REQUIRE(child != -1);
  if (child == 0) {
    // What Catch has to say about it is not wanted.
    (void)freopen("/dev/null", "w", stdout);
    (void)freopen("/dev/null", "w", stderr);
    switch_instance(load->instance);
    write_gs_base((*elsewhere)->base());
    const Value argument = Value::i32(0);
    const std::optional<Trap> trap = invoke(load, {&argument, 1}, {});
    _exit(trap ? kTrapped : 0);
  }
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  // AddressSanitizer ends processes by exit(1).
  CHECK((!WIFEXITED(status) || (WEXITSTATUS(status) != kTrapped && WEXITSTATUS(status) != 0)));
}

#ifndef LINDEN_ADDRESS_SANITIZER  // whose shadow memory is where that memory must lie
TEST_CASE("code without isolation takes one memory, its own", "[sfi]") {
  const auto options = options_for(jit::Sfi::None, jit::Tier::Optimized);
  Store store;
  auto module = compile(access_module(), options);
  Instance& instance = instantiate(store, module);
  CHECK(instance.memory()->base() == reinterpret_cast<std::byte*>(jit::kUnsafeMemoryBase));
  CHECK_FALSE(traps(instance, "i64.load", 0));
  auto nothing = [](const jit::Import&) { return std::nullopt; };
  CHECK(store.instantiate(module, nothing).status().code() == absl::StatusCode::kResourceExhausted);

  auto memory = store.create_memory({.initial = 1});
  REQUIRE(memory.ok());
  auto importer = compile("(module (import \"env\" \"memory\" (memory 1)))", options);
  auto found = [&](const jit::Import&) -> std::optional<Extern> { return *memory; };
  CHECK(store.instantiate(importer, found).status().code() ==
        absl::StatusCode::kFailedPrecondition);
}
#endif

}  // namespace
}  // namespace linden::runtime
