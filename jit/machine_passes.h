// The machine passes that we add to LLVM's own code generation.
#ifndef LINDEN_JIT_MACHINE_PASSES_H_
#define LINDEN_JIT_MACHINE_PASSES_H_

#include "jit/frame_check.h"

namespace linden::jit {

// While it lives, code generation that is set up and run on this thread has our passes and fills
// `report`. Other users of LLVM in the process are left alone. `context_offset`: see
// CompileOptions.
class MachinePassScope {
 public:
  MachinePassScope(FrameReport& report, int64_t context_offset);
  ~MachinePassScope();
  MachinePassScope(const MachinePassScope&) = delete;
  MachinePassScope& operator=(const MachinePassScope&) = delete;
};

}  // namespace linden::jit

#endif
