// One function of an image, decoded.
#ifndef LINDEN_VERIFIER_DECODED_FUNCTION_H_
#define LINDEN_VERIFIER_DECODED_FUNCTION_H_

#include <cstdint>
#include <span>
#include <vector>

#include "verifier/instruction.h"

namespace linden::verifier {

inline constexpr uint32_t kNoInstruction = UINT32_MAX;

struct DecodedFunction {
  uint32_t begin = 0;                         // its offset in the image
  std::span<const Instruction> instructions;  // one behind the other, without gaps
  std::vector<uint32_t>
      index_at;  // by offset in the function; kNoInstruction: in the middle of one

  std::vector<uint32_t> ends;    // those that end a block
  uint16_t count_registers = 0;  // which have numbers of bits (Operation::ZeroHigh)

  uint64_t size() const { return index_at.size(); }
  bool contains(uint64_t offset) const { return offset - begin < size(); }
  // The instruction that begins at this offset in the image, of whatever number.
  uint32_t find(uint64_t offset) const {
    return contains(offset) ? index_at[offset - begin] : kNoInstruction;
  }
};

}  // namespace linden::verifier

#endif
