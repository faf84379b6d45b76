// A machine pass (machine_passes.h): the proof that no frame carries the base of linear memory
// across a call, on which fork by copying stacks rests wherever code loads that base: with every
// back-end but `segment`, and with that for critical accesses (sfi/critical_accesses.h).
#ifndef LINDEN_JIT_BASE_CHECK_H_
#define LINDEN_JIT_BASE_CHECK_H_

#include <cstdint>

#include "jit/frame_check.h"

namespace linden::jit {

// To be run on machine code with physical registers, before prologues are inserted.
// `base_displacement`: where Context::memory_base is, relative to %fs. `report` must outlive the
// pass.
llvm::MachineFunctionPass* create_base_check_pass(FrameReport& report, int64_t base_displacement);

}  // namespace linden::jit

#endif
