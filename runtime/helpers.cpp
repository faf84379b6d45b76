// The runtime's side of Context::helpers. They run on the guest's stack with the guest's context
// current, check everything, and end the guest with a trap where wasm says so. A trap unwinds
// without running destructors: no helper holds anything when it raises one.

#include <algorithm>
#include <atomic>
#include <cstring>
#include <optional>

#include "runtime/context.h"
#include "runtime/sanitizer.h"
#include "runtime/store.h"
#include "runtime/wait_queue.h"

namespace linden::runtime {

struct InstanceHelpers {
  static Instance& current() { return *static_cast<Instance*>(current_context().instance->owner); }
  static Memory& memory() { return *current().memories_[0]; }
  static Table& table(uint32_t index) { return *current().tables_[index]; }
  // The table that the guest is about to change.
  static Table& mutable_table(uint32_t index) {
    if (table(index).is_frozen()) raise_trap(TrapCode::HostError);
    return table(index);
  }
  static std::span<const uint8_t>& data(uint32_t index) { return current().data_segments_[index]; }
  static std::vector<uint64_t>& elements(uint32_t index) {
    return current().element_segments_[index];
  }

  static bool is_in_bounds(uint64_t offset, uint64_t length, uint64_t size) {
    return length <= size && offset <= size - length;
  }

  // The host address of a guest range, or a trap.
  static std::byte* range(uint64_t offset, uint64_t length) {
    const jit::Context& context = current_context();
    if (!is_in_bounds(offset, length,
                      context.instance->memory_size->load(std::memory_order_acquire))) {
      raise_trap(TrapCode::MemoryOutOfBounds);
    }
    return context.memory_base + offset;
  }

  // Within the size there may be pages that the guest has unmapped or protected. No object with a
  // destructor: the fault that these functions allow for drops their frames. The fences keep the
  // compiler from leaving out what the fault handler is to see.
  static void move(std::byte* to, const std::byte* from, uint64_t length) {
    begin_bulk_access();
    move_guest_bytes(to, from, length);
    end_bulk_access();
  }
  static void set(std::byte* to, uint64_t value, uint64_t length) {
    begin_bulk_access();
    set_guest_bytes(to, static_cast<int>(value & 0xff), length);
    end_bulk_access();
  }
  static void begin_bulk_access() {
    linden_in_bulk_access = true;
    std::atomic_signal_fence(std::memory_order_seq_cst);
  }
  static void end_bulk_access() {
    std::atomic_signal_fence(std::memory_order_seq_cst);
    linden_in_bulk_access = false;
  }

  static uint32_t atomic_wait(uint64_t address, unsigned size, uint64_t expected,
                              int64_t timeout_ns) {
    std::byte* word = range(address, size);
    if (!memory().limits().shared) raise_trap(TrapCode::ExpectedSharedMemory);
    std::optional<WaitResult> result = wait_on(word, size, expected, timeout_ns);
    if (!result) raise_trap(TrapCode::MemoryOutOfBounds);
    return static_cast<uint32_t>(*result);
  }
};

using H = InstanceHelpers;

extern "C" {

uint32_t linden_helper_MemoryGrow(uint32_t delta) {
  return static_cast<uint32_t>(H::memory().grow(delta));
}

void linden_helper_MemoryCopy(uint32_t to, uint32_t from, uint32_t length) {
  // One check for both: this is the hottest of all.
  const jit::Context& context = current_context();
  const uint64_t size = context.instance->memory_size->load(std::memory_order_acquire);
  if (!H::is_in_bounds(std::max(to, from), length, size)) raise_trap(TrapCode::MemoryOutOfBounds);
  H::move(context.memory_base + to, context.memory_base + from, length);
}

void linden_helper_MemoryFill(uint32_t to, uint32_t value, uint32_t length) {
  H::set(H::range(to, length), value, length);
}

void linden_helper_MemoryInit(uint32_t segment, uint32_t to, uint32_t from, uint32_t length) {
  std::span<const uint8_t> data = H::data(segment);
  if (!H::is_in_bounds(from, length, data.size())) raise_trap(TrapCode::MemoryOutOfBounds);
  std::byte* destination = H::range(to, length);
  if (length != 0) {
    H::move(destination, reinterpret_cast<const std::byte*>(data.data()) + from, length);
  }
}

void linden_helper_DataDrop(uint32_t segment) { H::data(segment) = {}; }

uint64_t linden_helper_TableGet(uint32_t table, uint32_t index) {
  if (index >= H::table(table).size()) raise_trap(TrapCode::TableOutOfBounds);
  return H::table(table).get(index);
}

void linden_helper_TableSet(uint32_t table, uint32_t index, uint64_t reference) {
  if (index >= H::table(table).size()) raise_trap(TrapCode::TableOutOfBounds);
  H::mutable_table(table).set(index, reference);
}

uint32_t linden_helper_TableGrow(uint32_t table, uint64_t reference, uint32_t delta) {
  return static_cast<uint32_t>(H::mutable_table(table).grow(delta, reference));
}

void linden_helper_TableFill(uint32_t table, uint32_t index, uint64_t reference, uint32_t count) {
  if (!H::mutable_table(table).fill(index, reference, count))
    raise_trap(TrapCode::TableOutOfBounds);
}

void linden_helper_TableCopy(uint32_t to_table, uint32_t from_table, uint32_t to, uint32_t from,
                             uint32_t count) {
  if (!Table::copy(H::mutable_table(to_table), H::table(from_table), to, from, count)) {
    raise_trap(TrapCode::TableOutOfBounds);
  }
}

void linden_helper_TableInit(uint32_t table, uint32_t segment, uint32_t to, uint32_t from,
                             uint32_t count) {
  const std::vector<uint64_t>& elements = H::elements(segment);
  if (!H::is_in_bounds(from, count, elements.size()) ||
      !H::is_in_bounds(to, count, H::table(table).size())) {
    raise_trap(TrapCode::TableOutOfBounds);
  }
  for (uint32_t i = 0; i < count; ++i) {
    H::mutable_table(table).set(uint64_t{to} + i, elements[uint64_t{from} + i]);
  }
}

void linden_helper_ElemDrop(uint32_t segment) {
  std::vector<uint64_t>().swap(H::elements(segment));
}

uint32_t linden_helper_AtomicWait32(uint64_t address, uint32_t expected, int64_t timeout_ns) {
  return H::atomic_wait(address, 4, expected, timeout_ns);
}

uint32_t linden_helper_AtomicWait64(uint64_t address, uint64_t expected, int64_t timeout_ns) {
  return H::atomic_wait(address, 8, expected, timeout_ns);
}

uint32_t linden_helper_AtomicNotify(uint64_t address, uint32_t count) {
  std::byte* word = H::range(address, 4);
  return H::memory().limits().shared ? notify_at(word, count) : 0;
}

void linden_helper_RawCopy(uint64_t to, uint64_t from, uint64_t length) {
  // One check for both: this is the hottest of all.
  const jit::Context& context = current_context();
  const uint64_t size = context.instance->memory_size->load(std::memory_order_acquire);
  if (!H::is_in_bounds(std::max(to, from), length, size)) raise_trap(TrapCode::MemoryOutOfBounds);
  H::move(context.memory_base + to, context.memory_base + from, length);
}

void linden_helper_RawFill(uint64_t to, uint64_t value, uint64_t length) {
  H::set(H::range(to, length), value, length);
}

}  // extern "C"

}  // namespace linden::runtime
