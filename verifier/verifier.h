// A second opinion on machine code. The compiler is large, and isolation rests on what it emits;
// the verifier is small, shares no code with it, and proves of an image what isolation needs: that
// it touches nothing but the guest's linear memory, its own frame and constants, and, by fixed
// rules, the few structures of the runtime that jit/abi.h describes; and that it goes nowhere but
// to its own functions and what the runtime has offered. What it cannot prove, it refuses.
//
// docs/sfi.md has the obligations and the rules. Images are those of the `segment` back-end for
// x86-64. All functions here are thread-safe, take anything at all as an image, and neither crash
// nor run for longer than a small multiple of the image's size.
#ifndef LINDEN_VERIFIER_VERIFIER_H_
#define LINDEN_VERIFIER_VERIFIER_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "jit/image.h"

namespace linden::verifier {

// What an instruction, or an image, may have broken.
enum class Rule : uint8_t {
  Target,        // the image is not of the kind that this verifier knows
  Layout,        // segments, functions, rebases and entry points fit together
  Decoding,      // every instruction is one, and jumps lead to the beginning of one
  Instruction,   // only instructions of the list
  LinearMemory,  // %gs accesses stay within the memory's reservation
  Context,       // %fs accesses are of fields that code may use, as it may use them
  Frame,         // the stack pointer and what is addressed by it stay in the frame
  Constants,     // reads of the image stay in its constants, and nothing is written there
  RuntimeData,   // the runtime's structures: only as each may be used
  Calls,         // of functions of the image, helpers and references, and as they want it
  Jumps,         // to instructions of the same function, through bounded tables, or tail calls
  Returns,       // with the stack pointer and the registers that the caller wants back
  UnwindTables,  // frame sizes, saved registers and landing pads are what the code does
};
const char* to_string(Rule rule);
// The rule in a sentence.
const char* explain(Rule rule);

struct Refusal {
  Rule rule;
  uint32_t function_index;  // jit::kNoFunction if it is none of the module
  uint32_t offset;          // in the image
  std::string instruction;  // Intel's syntax; empty if it is not about one
  std::string reason;
};

struct Statistics {
  uint64_t functions = 0;
  uint64_t bytes = 0;  // of code
  uint64_t instructions = 0;
  uint64_t linear_accesses = 0;
  uint64_t block_visits = 0;
};

struct Options {
  unsigned threads = 1;     // 0: all processors
  size_t max_refusals = 1;  // it goes on to find this many
};

struct Verdict {
  std::vector<Refusal> refusals;  // by offset; empty: verified
  Statistics statistics;

  bool ok() const { return refusals.empty(); }
};

// `context_offset`: where the thread's Context is in this process, from the thread pointer.
Verdict verify(const jit::Image& image, int64_t context_offset, const Options& options = {});

// Differs between builds that may judge differently.
std::string_view identity();

// "function 12 at 0x1f0: mov eax, [rax]: reason", for one line of a log.
std::string to_string(const Refusal& refusal);

}  // namespace linden::verifier

#endif
