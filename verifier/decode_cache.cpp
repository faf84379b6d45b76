#include "verifier/decode_cache.h"

#include <algorithm>
#include <cstring>

namespace linden::verifier {
namespace {

// As much is read at once as a number has at most.
constexpr unsigned kNumberWindow = 8;

// A little-endian number of 1, 2, 4 or 8 bytes; kNumberWindow of them can be read.
int64_t read_number(const uint8_t* bytes, unsigned size, bool is_signed) {
  uint64_t number;
  std::memcpy(&number, bytes, sizeof number);
  const unsigned shift = (64 - 8 * size) & 63;
  number <<= shift;
  const int64_t extended = static_cast<int64_t>(number) >> shift;
  return is_signed ? extended : static_cast<int64_t>(number >> shift);
}

}  // namespace

// The entry of the form, if it has one or can be given one. `size`: bytes that there are.
const DecodeCache::Entry* DecodeCache::find(const InstructionForm& form, uint32_t size) {
  constexpr uint64_t kOdd = 0x9e3779b97f4a7c15;
  const FormBytes key = form.bytes.first(form.length);
  size_t slot = (key.low ^ key.high * kOdd) * kOdd >> (64 - kSlotBits);
  for (; slots_[slot] != 0; slot = (slot + 1) % kSlots) {
    const Entry& entry = entries_[slots_[slot] - 1u];
    if (form.bytes.first(entry.layout.fixed) == entry.bytes) return &entry;
  }
  if (entries_.size() >= kMaximumEntries) return nullptr;
  uint8_t bytes[kFormWindow];
  std::memcpy(bytes, &form.bytes.low, 8);
  std::memcpy(bytes + 8, &form.bytes.high, 8);
  Entry entry;
  if (verifier::decode(bytes, 0, std::min(size, kFormWindow), entry.instruction, &entry.layout) !=
      DecodeResult::Ok) {
    return nullptr;
  }
  // Where an address is, relative to the code, is not among what is read here if other numbers are
  // part of what the instruction is.
  if (entry.instruction.memory.base == kRip && entry.layout.displacement_size == 0) return nullptr;
  entry.bytes = form.bytes.first(entry.layout.fixed);
  entries_.push_back(entry);
  slots_[slot] = static_cast<uint16_t>(entries_.size());
  return &entries_.back();
}

DecodeResult DecodeCache::decode(std::span<const uint8_t> code, uint32_t offset, uint32_t end,
                                 Instruction& instruction, uint32_t& next) {
  // Of what would not be all there, nothing is remembered.
  if (code.size() - offset < kFormWindow + kNumberWindow) {
    const DecodeResult result = verifier::decode(code, offset, end, instruction);
    next = instruction.end();
    return result;
  }
  const uint8_t* at = code.data() + offset;
  const InstructionForm form(at);
  const Entry* entry = find(form, end - offset);
  if (entry == nullptr || entry->instruction.length > end - offset) {
    const DecodeResult result = verifier::decode(code, offset, end, instruction);
    next = instruction.end();
    return result;
  }
  instruction = entry->instruction;
  instruction.offset = offset;
  form.put_registers(instruction);
  const Layout& layout = entry->layout;
  const int64_t after = offset + instruction.length;
  const int64_t displacement =
      read_number(at + layout.displacement_at, layout.displacement_size, true) +
      (instruction.memory.base == kRip ? after : 0);
  if (layout.displacement_size != 0) instruction.memory.displacement = displacement;
  const int64_t immediate =
      read_number(at + layout.immediate_at, layout.immediate_size, layout.immediate_is_signed) +
      (layout.immediate_is_relative ? after : 0);
  if (layout.immediate_size != 0) instruction.immediate = immediate;
  // A comparison that is foreseen takes the place of waiting for what was found.
  next = offset + form.whole;
  if (instruction.length != form.whole) [[unlikely]] {
    next = offset + instruction.length;
    asm volatile("");  // or else it would be computed, not foreseen
  }
  return DecodeResult::Ok;
}

}  // namespace linden::verifier
