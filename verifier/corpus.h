// Sequences of machine code that the verifier must refuse, each for one reason, beside sequences
// that differ as little as can be and must be accepted.
//
// Every sequence is the whole of one function, at offset 0x100 of the image that test_image.h
// makes. Bytes are in hexadecimal; words in angle brackets are made of names there.
#ifndef LINDEN_VERIFIER_CORPUS_H_
#define LINDEN_VERIFIER_CORPUS_H_

#include <cstdint>
#include <optional>
#include <span>

#include "verifier/verifier.h"

namespace linden::verifier {

struct Sequence {
  const char* name;
  std::optional<Rule> broken;  // nullopt: it is fine
  const char* bytes;
  uint32_t frame_size = 0;
  jit::SavedRegisters saved_registers = 0;
};

std::span<const Sequence> corpus();
// Parts of it.
std::span<const Sequence> corpus_of_calls();
std::span<const Sequence> corpus_of_relations();
std::span<const Sequence> corpus_of_memory_base();
std::span<const Sequence> corpus_of_loops();

}  // namespace linden::verifier

#endif
