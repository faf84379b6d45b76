// Reads the exception tables that LLVM writes into an object file, and gives them back as what the
// unwinder needs (jit/image.h): which calls have a landing pad, and where it is.
#ifndef LINDEN_JIT_LANDING_PADS_H_
#define LINDEN_JIT_LANDING_PADS_H_

#include <llvm/Object/ObjectFile.h>

#include <cstdint>
#include <unordered_map>
#include <vector>

namespace linden::jit {

// Offsets are from the function's start; `end` is one past the call.
struct FunctionLandingPad {
  uint32_t begin;
  uint32_t end;
  uint32_t landing_pad;
};

// By the number that LLVM gave the function (FrameLayout::function_number); sorted by `begin`.
using LandingPadTables = std::unordered_map<unsigned, std::vector<FunctionLandingPad>>;

llvm::Expected<LandingPadTables> read_landing_pads(const llvm::object::ObjectFile& object);

}  // namespace linden::jit

#endif
