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

// Decodes the instruction at `code[offset]`; `end` is where the code ends. Fills length also for
// one that is not allowed. Thread-safe.
DecodeResult decode(std::span<const uint8_t> code, uint32_t offset, uint32_t end,
                    Instruction& instruction);

// In Intel's syntax, for messages; "(no instruction)" if it is none.
std::string disassemble(std::span<const uint8_t> code, uint32_t offset);

}  // namespace linden::verifier

#endif
