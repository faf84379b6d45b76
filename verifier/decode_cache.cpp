#include "verifier/decode_cache.h"

#include <array>
#include <cstring>

namespace linden::verifier {
namespace {

constexpr uint32_t kWindow = 16;  // no instruction is longer than 15 bytes

// A little-endian number of 1, 2, 4 or 8 bytes.
int64_t read_number(const uint8_t* bytes, unsigned size, bool is_signed) {
  uint64_t number = 0;
  switch (size) {
    case 1:
      number = bytes[0];
      break;
    case 2: {
      uint16_t word;
      std::memcpy(&word, bytes, sizeof word);
      number = word;
      break;
    }
    case 4: {
      uint32_t word;
      std::memcpy(&word, bytes, sizeof word);
      number = word;
      break;
    }
    default:
      std::memcpy(&number, bytes, sizeof number);
      return static_cast<int64_t>(number);
  }
  if (!is_signed) return static_cast<int64_t>(number);
  const unsigned shift = 64 - 8 * size;
  return static_cast<int64_t>(number << shift) >> shift;
}

// Which of the bytes that may come first, or after 0x0f, are followed by one of operands (ModRM).
// This, and what follows, only makes the table fast: what is found there is compared.
struct Opcodes {
  std::array<bool, 256> is_prefix{}, has_operands{}, has_operands_0f{};
};
constexpr Opcodes kOpcodes = [] {
  Opcodes opcodes;
  for (int byte : {0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65, 0x66, 0x67, 0xf0, 0xf2, 0xf3}) {
    opcodes.is_prefix[static_cast<size_t>(byte)] = true;
  }
  for (size_t byte = 0; byte < 256; ++byte) {
    const size_t low = byte & 7;
    opcodes.has_operands[byte] = byte < 0x40 ? low < 4
                                             : byte == 0x62 || byte == 0x63 || byte == 0x69 ||
                                                   byte == 0x6b || (byte >= 0x80 && byte < 0x90) ||
                                                   byte == 0xc0 || byte == 0xc1 || byte == 0xc6 ||
                                                   byte == 0xc7 || (byte >= 0xd0 && byte < 0xd4) ||
                                                   byte == 0xf6 || byte == 0xf7 || byte >= 0xfe;
    opcodes.has_operands_0f[byte] =
        !(byte == 5 || byte == 0x0b || (byte >= 0x30 && byte < 0x38) ||
          (byte >= 0x80 && byte < 0x90) || byte == 0xa2 || (byte >= 0xc8 && byte < 0xd0));
  }
  return opcodes;
}();

// Of an instruction, the bytes in front of its numbers: prefixes, opcode, operands.
unsigned form_length(const uint8_t* bytes) {
  unsigned at = 0;
  while (at < 4 && kOpcodes.is_prefix[bytes[at]]) ++at;
  if ((bytes[at] & 0xf0) == 0x40) ++at;
  const uint8_t opcode = bytes[at++];
  bool has_operands = true;
  if (opcode == 0x0f) {
    const uint8_t second = bytes[at++];
    if (second == 0x38 || second == 0x3a) {
      ++at;
    } else {
      has_operands = kOpcodes.has_operands_0f[second];
    }
  } else if (opcode == 0xc5) {
    at += 2;
  } else if (opcode == 0xc4) {
    at += 3;
  } else {
    has_operands = kOpcodes.has_operands[opcode];
  }
  if (has_operands) {
    const uint8_t operands = bytes[at++];
    if ((operands & 0xc0) != 0xc0 && (operands & 7) == 4) ++at;
  }
  return at;
}

uint64_t mask_of(unsigned count) {
  return count >= 8 ? UINT64_MAX : (uint64_t{1} << (8 * count)) - 1;
}

}  // namespace

DecodeCache::Bytes DecodeCache::first_bytes(Bytes bytes, unsigned count) {
  bytes.low &= mask_of(count);
  bytes.high &= count <= 8 ? 0 : mask_of(count - 8);
  return bytes;
}

size_t DecodeCache::first_slot(const Bytes& form) {
  constexpr uint64_t kOdd = 0x9e3779b97f4a7c15;
  const uint64_t hash = (form.low ^ form.high * kOdd) * kOdd;
  return hash >> (64 - kSlotBits);
}

DecodeResult DecodeCache::decode(std::span<const uint8_t> code, uint32_t offset, uint32_t end,
                                 Instruction& instruction) {
  // Of what would not be all there, nothing is remembered.
  if (code.size() - offset < kWindow) return verifier::decode(code, offset, end, instruction);
  const uint8_t* at = code.data() + offset;
  Bytes bytes;
  std::memcpy(&bytes.low, at, 8);
  std::memcpy(&bytes.high, at + 8, 8);
  size_t slot = first_slot(first_bytes(bytes, form_length(at)));
  for (; slots_[slot] != 0; slot = (slot + 1) % kSlots) {
    const Entry& entry = entries_[slots_[slot] - 1u];
    const Layout& layout = entry.layout;
    const Bytes first = first_bytes(bytes, layout.fixed);
    if (first.low != entry.bytes.low || first.high != entry.bytes.high) continue;
    if (entry.instruction.length > end - offset) break;
    instruction = entry.instruction;
    instruction.offset = offset;
    if (layout.displacement_size != 0) {
      int64_t number = read_number(at + layout.displacement_at, layout.displacement_size, true);
      if (instruction.memory.base == kRip) number += instruction.end();
      instruction.memory.displacement = number;
    }
    if (layout.immediate_size != 0) {
      int64_t number =
          read_number(at + layout.immediate_at, layout.immediate_size, layout.immediate_is_signed);
      if (layout.immediate_is_relative) number += instruction.end();
      instruction.immediate = number;
    }
    return DecodeResult::Ok;
  }
  Layout layout;
  const DecodeResult result = verifier::decode(code, offset, end, instruction, &layout);
  // Where the address is, relative to the code, is not among what is read here if other numbers
  // are part of what the instruction is.
  const bool is_elsewhere = instruction.memory.base == kRip && layout.displacement_size == 0;
  if (result == DecodeResult::Ok && slots_[slot] == 0 && !is_elsewhere &&
      entries_.size() < kMaximumEntries) {
    entries_.push_back({first_bytes(bytes, layout.fixed), layout, instruction});
    entries_.back().instruction.offset = 0;
    slots_[slot] = static_cast<uint16_t>(entries_.size());
  }
  return result;
}

}  // namespace linden::verifier
