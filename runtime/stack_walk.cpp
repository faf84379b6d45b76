#include "runtime/stack_walk.h"

#include "runtime/code_region.h"
#include "runtime/loaded_code.h"
#include "runtime/syscall_frame.h"

namespace linden::runtime {
namespace {

// Where the stubs between two guest functions continue after the call, and their frames
// (entry_x86_64.S).
extern "C" const char linden_cross_return[], linden_adapted_return[],
    linden_signal_handler_return[];
constexpr uintptr_t kCrossInstance = 184;
constexpr uintptr_t kStubFrameSize = 200;

uintptr_t read_word(uintptr_t address) { return *reinterpret_cast<const uintptr_t*>(address); }

// `sp`: after the return. 0: no stub continues there.
uintptr_t stub_frame_size(uintptr_t return_address, uintptr_t sp) {
  const auto* address = reinterpret_cast<const char*>(return_address);
  if (address == linden_cross_return || address == linden_adapted_return) return kStubFrameSize;
  return address == linden_signal_handler_return ? read_word(sp + offsetof(SyscallFrame, size)) : 0;
}

}  // namespace

StackWalk::StackWalk(const GuestThread& thread, uintptr_t pc, uintptr_t sp)
    : thread_(thread), pc_(pc), sp_(sp) {
  find_function();
}

void StackWalk::find_function() {
  function_ = nullptr;
  code_ = find_code(pc_);
  if (code_ == nullptr) return;
  code_offset_ = static_cast<uint32_t>(pc_ - reinterpret_cast<uintptr_t>(code_->base()));
  const jit::ImageFunction* function = code_->image().function_at(code_offset_);
  if (function == nullptr) return;
  const uintptr_t slot = sp_ + function->frame_size;
  if (thread_.is_on_stack(slot) && thread_.is_on_stack(slot + 7)) function_ = function;
}

void StackWalk::next() {
  const uintptr_t slot = return_slot();
  uintptr_t return_address = read_word(slot);
  sp_ = slot + 8;
  // A loop, because what a stub calls may leave its frame by a tail call through another stub.
  while (const uintptr_t frame_size = stub_frame_size(return_address, sp_)) {
    if (return_address == reinterpret_cast<uintptr_t>(linden_cross_return)) {
      switched_instance_ = reinterpret_cast<jit::InstanceData*>(read_word(sp_ + kCrossInstance));
    }
    return_address = read_word(sp_ + frame_size);
    sp_ += frame_size + 8;
  }
  // It lies just after a call, to which the byte before belongs.
  pc_ = return_address - 1;
  find_function();
}

}  // namespace linden::runtime
