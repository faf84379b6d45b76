// How a guest computation ended early, with where it was.
#ifndef LINDEN_RUNTIME_TRAP_H_
#define LINDEN_RUNTIME_TRAP_H_

#include <cstdint>
#include <string>
#include <vector>

#include "jit/abi.h"

namespace linden::runtime {

struct Frame {
  uint32_t function_index = 0;
  std::string function_name;
  uint32_t wasm_offset = 0;  // byte offset in the module file; 0 if unknown
};

struct Trap {
  jit::TrapCode code = jit::TrapCode::None;
  std::string detail;            // a host function's own words, or empty
  std::vector<Frame> backtrace;  // innermost first; bounded

  // "integer divide by zero in main at 0x1a2b"
  std::string message() const;
  // message() and one line per frame.
  std::string full_message() const;
  // 128 + the signal that a native program would have died of: 136 arithmetic, 139 memory and
  // stack, 134 for the rest.
  int exit_code() const;
};

}  // namespace linden::runtime

#endif
