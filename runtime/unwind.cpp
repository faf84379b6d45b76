// Throwing: from a `throw` to the landing pad that takes the exception.
//
// The tables for this are part of the image (jit/image.h): the size of each frame, where it keeps
// the registers that its caller wants back, and which calls have a landing pad. So a throw takes a
// binary search or two for each frame, and neither memory nor locks; nothing has to be registered
// when code is loaded, and a stack that was copied elsewhere unwinds like the original.
//
// Only frames of guest code and of linden_cross_entry are passed. The chain of them ends at a
// linden_enter, where an exception that nobody took becomes a trap: host frames are never unwound.

#include "runtime/code_region.h"
#include "runtime/context.h"
#include "runtime/guest_thread.h"
#include "runtime/invoke.h"
#include "runtime/loaded_code.h"
#include "runtime/stack_walk.h"

namespace linden::runtime {
namespace {

constexpr size_t kSavedRegisters = static_cast<size_t>(jit::SavedRegister::Count);

// As linden_helper_Throw_entry lays it out.
struct MachineState {
  uint64_t saved_registers[kSavedRegisters];
  uintptr_t sp;
  uintptr_t pc;  // where to go on; at first, the return address of the throw
};
static_assert(offsetof(MachineState, sp) == 48 && offsetof(MachineState, pc) == 56);

void restore_registers(const StackWalk& walk, MachineState& state) {
  jit::SavedRegisters saved = walk.function().saved_registers;
  for (size_t i = 0; saved != 0; ++i, saved >>= 4) {
    if (uintptr_t distance = saved & 15) {
      state.saved_registers[i] =
          *reinterpret_cast<const uint64_t*>(walk.return_slot() - 8 * distance);
    }
  }
}

}  // namespace

// Turns the state in which generated code threw into the one in which the landing pad begins.
// Changes nothing if there is none: then it does not return.
extern "C" void linden_unwind(MachineState* state) {
  jit::Context& context = current_context();
  GuestThread& thread = GuestThread::current();
  StackWalk walk(thread, state->pc - 1, state->sp);
  MachineState found = *state;
  // A landing pad that passes an exception on adds to where it has come through, without its own
  // frame once more.
  bool is_noted = context.exception_unwound != 0;
  if (!is_noted) thread.clear_backtrace();
  for (; walk.at_frame(); walk.next()) {
    if (!is_noted) thread.note_frame(walk.pc());
    is_noted = false;
    const jit::Image& image = walk.code().image();
    if (const jit::LandingPad* pad = image.landing_pad_at(walk.function(), walk.code_offset())) {
      found.sp = walk.sp();
      found.pc = reinterpret_cast<uintptr_t>(walk.code().base()) + pad->landing_pad;
      if (walk.switched_instance() != nullptr) linden_switch_instance(walk.switched_instance());
      context.exception_unwound = 1;
      *state = found;
      return;
    }
    restore_registers(walk, found);
  }
  thread.note_trap(jit::TrapCode::UncaughtException);
  leave_guest();
}

}  // namespace linden::runtime
