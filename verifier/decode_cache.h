// Decoding, with what Zydis has said before remembered.
//
// Encodings are prefix-free, and a displacement or an immediate changes nothing of an instruction
// but itself; nor does the number of a register, where instruction_form.h says so. So bytes that
// begin like those of an earlier instruction, up to its displacement or immediate and but for
// registers, are that instruction with others in these places. A hash table over those first bytes
// leads to it. Whatever is not found there is decoded by Zydis, and every entry was; the numbers
// and registers alone are read here. verifier_test compares both on all that it has.
#ifndef LINDEN_VERIFIER_DECODE_CACHE_H_
#define LINDEN_VERIFIER_DECODE_CACHE_H_

#include <cstdint>
#include <span>
#include <vector>

#include "verifier/decoder.h"
#include "verifier/instruction_form.h"

namespace linden::verifier {

// One thread at a time.
class DecodeCache {
 public:
  DecodeCache() : slots_(kSlots) {}

  // As decode(). `next`: where the instruction ends.
  DecodeResult decode(std::span<const uint8_t> code, uint32_t offset, uint32_t end,
                      Instruction& instruction, uint32_t& next);

 private:
  struct Entry {
    FormBytes bytes;  // the fixed ones (Layout), and zeros
    Layout layout;
    Instruction instruction;  // at offset 0
  };
  static constexpr unsigned kSlotBits = 14;
  static constexpr size_t kSlots = size_t{1} << kSlotBits;
  // Beyond which nothing is remembered any more.
  static constexpr size_t kMaximumEntries = kSlots / 2;

  const Entry* find(const InstructionForm& form, uint32_t size);

  std::vector<uint16_t> slots_;  // 0: nothing; else 1 + an entry
  std::vector<Entry> entries_;
};

}  // namespace linden::verifier

#endif
