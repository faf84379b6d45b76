// Decisions about a module that generated code and the runtime must agree on, beyond jit/abi.h. All
// are functions of the module alone.
#ifndef LINDEN_JIT_LAYOUT_H_
#define LINDEN_JIT_LAYOUT_H_

#include <cstdint>
#include <vector>

#include "jit/module.h"

namespace linden::jit {

// Where a global lives.
//   Constant: immutable and initialised by a constant: part of the code; also has a cell.
//   Inline:   mutable and private to the instance: a slot of Context::inline_globals.
//   Cell:     everything that other instances or the embedder may see: behind
//   InstanceData::globals.
struct GlobalPlacement {
  enum class Kind : uint8_t { Constant, Inline, Cell };
  Kind kind;
  uint32_t slot = 0;  // Inline
};

std::vector<GlobalPlacement> place_globals(const Module& module);

}  // namespace linden::jit

#endif
