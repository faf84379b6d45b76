// Two machine passes (machine_passes.h):
//   * a proof that no frame holds an address of the stack, on which fork by copying stacks rests;
//   * a record of each frame's size and of where it keeps its caller's registers, for backtraces,
//     for unwinding and for the bound that the stack guard sets.
#ifndef LINDEN_JIT_FRAME_CHECK_H_
#define LINDEN_JIT_FRAME_CHECK_H_

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "jit/image.h"

namespace llvm {
class MachineFunctionPass;
}

namespace linden::jit {

struct FrameLayout {
  uint32_t size = 0;  // as ImageFunction::frame_size
  SavedRegisters saved_registers = 0;
  unsigned function_number = 0;  // LLVM's, within the part: names the exception table
};

struct FrameReport {
  std::unordered_map<std::string, FrameLayout> frames;  // by symbol
  std::vector<std::string> violations;
};

// To be run just before prologues are inserted, and just after. `report` must outlive the pass.
llvm::MachineFunctionPass* create_stack_address_check_pass(FrameReport& report);
llvm::MachineFunctionPass* create_frame_recorder_pass(FrameReport& report);

}  // namespace linden::jit

#endif
