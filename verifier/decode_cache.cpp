#include "verifier/decode_cache.h"

#include <cstring>

namespace linden::verifier {
namespace {

constexpr uint32_t kLongest = 15;

// A little-endian number of 1, 2, 4 or 8 bytes.
int64_t read_number(const uint8_t* bytes, unsigned size, bool is_signed) {
  uint64_t number = 0;
  std::memcpy(&number, bytes, size);
  if (!is_signed || size == 8) return static_cast<int64_t>(number);
  const unsigned shift = 64 - 8 * size;
  return static_cast<int64_t>(number << shift) >> shift;
}

}  // namespace

DecodeResult DecodeCache::decode(std::span<const uint8_t> code, uint32_t offset, uint32_t end,
                                 Instruction& instruction) {
  const uint8_t* bytes = code.data() + offset;
  // An instruction's bytes may end before, so none of them is missing.
  if (end - offset > kLongest) {
    int32_t at = 0;
    for (uint32_t i = 0; i < kLongest; ++i) {
      at = nodes_[static_cast<size_t>(at)][bytes[i]];
      if (at <= 0) break;
    }
    if (at < 0) {
      const Entry& entry = entries_[static_cast<size_t>(-1 - at)];
      instruction = entry.instruction;
      instruction.offset = offset;
      const Layout& layout = entry.layout;
      if (layout.displacement_size != 0) {
        int64_t number =
            read_number(bytes + layout.displacement_at, layout.displacement_size, true);
        if (instruction.memory.base == kRip) number += instruction.end();
        instruction.memory.displacement = number;
      }
      if (layout.immediate_size != 0) {
        int64_t number = read_number(bytes + layout.immediate_at, layout.immediate_size,
                                     layout.immediate_is_signed);
        if (layout.immediate_is_relative) number += instruction.end();
        instruction.immediate = number;
      }
      return DecodeResult::Ok;
    }
  }
  Layout layout;
  const DecodeResult result = verifier::decode(code, offset, end, instruction, &layout);
  if (result == DecodeResult::Ok) remember(code, offset, instruction, layout);
  return result;
}

void DecodeCache::remember(std::span<const uint8_t> code, uint32_t offset,
                           const Instruction& instruction, const Layout& layout) {
  if (nodes_.size() + kLongest > kMaximumNodes || entries_.size() >= kMaximumEntries) return;
  const uint8_t* bytes = code.data() + offset;
  size_t node = 0;
  for (uint32_t i = 0; i + 1 < layout.fixed; ++i) {
    int16_t next = nodes_[node][bytes[i]];
    // Not for bytes that Zydis understands: no instruction is the beginning of another.
    if (next < 0) return;
    if (next == 0) {
      next = static_cast<int16_t>(nodes_.size());
      nodes_[node][bytes[i]] = next;
      nodes_.emplace_back();
    }
    node = static_cast<size_t>(next);
  }
  int16_t& last = nodes_[node][bytes[layout.fixed - 1]];
  if (last != 0) return;
  last = static_cast<int16_t>(-1 - static_cast<int32_t>(entries_.size()));
  entries_.push_back({instruction, layout});
  entries_.back().instruction.offset = 0;
}

}  // namespace linden::verifier
