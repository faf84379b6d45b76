// Decoding, with what Zydis has said before remembered.
//
// Encodings are prefix-free, and a displacement or an immediate changes nothing of an instruction
// but itself. So bytes that begin like those of an earlier instruction, up to its displacement or
// immediate, are that instruction with other numbers in these places. A trie over those first bytes
// leads to it. Whatever is not found there is decoded by Zydis, and every entry was; the numbers
// alone are read here. verifier_test compares both on all that it has.
#ifndef LINDEN_VERIFIER_DECODE_CACHE_H_
#define LINDEN_VERIFIER_DECODE_CACHE_H_

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "verifier/decoder.h"

namespace linden::verifier {

// One thread at a time.
class DecodeCache {
 public:
  DecodeCache() : nodes_(1) {}

  // As decode().
  DecodeResult decode(std::span<const uint8_t> code, uint32_t offset, uint32_t end,
                      Instruction& instruction);

 private:
  struct Entry {
    Instruction instruction;  // at offset 0
    Layout layout;
  };
  // By byte: 0: nothing yet; positive: a node; negative: -1 - an entry.
  using Node = std::array<int16_t, 256>;
  // What all of it together may grow to; beyond that nothing is remembered any more.
  static constexpr size_t kMaximumNodes = 8192, kMaximumEntries = INT16_MAX;

  void remember(std::span<const uint8_t> code, uint32_t offset, const Instruction& instruction,
                const Layout& layout);

  std::vector<Node> nodes_;
  std::vector<Entry> entries_;
};

}  // namespace linden::verifier

#endif
