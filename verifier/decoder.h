// From bytes to instructions, by Zydis.
#ifndef LINDEN_VERIFIER_DECODER_H_
#define LINDEN_VERIFIER_DECODER_H_

#include <cstdint>
#include <span>
#include <string>

#include "verifier/instruction.h"

namespace linden::verifier {

enum class DecodeResult : uint8_t {
  Ok,
  Invalid,     // no instruction, or one that goes on behind the end of the bytes
  NotAllowed,  // an instruction that generated code has no business with
};

// Where an instruction has its numbers. All other bytes come before them.
struct Layout {
  uint8_t fixed = 0;                                   // so many bytes
  uint8_t displacement_at = 0, displacement_size = 0;  // 0: none that Instruction has
  uint8_t immediate_at = 0, immediate_size = 0;        // the same
  bool immediate_is_signed = false;
  bool immediate_is_relative = false;  // to the instruction's end
};

// Decodes the instruction at `code[offset]`; `end` is where the code ends. Fills length also for
// one that is not allowed. Thread-safe.
DecodeResult decode(std::span<const uint8_t> code, uint32_t offset, uint32_t end,
                    Instruction& instruction, Layout* layout = nullptr);

// In Intel's syntax, for messages; "(no instruction)" if it is none.
std::string disassemble(std::span<const uint8_t> code, uint32_t offset);

}  // namespace linden::verifier

#endif
