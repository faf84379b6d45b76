// Walks the frames of guest code on the calling thread's guest stack, from the inside out. Frames
// have fixed sizes and hold nothing but themselves, so a step is addition. Async-signal-safe.
#ifndef LINDEN_RUNTIME_STACK_WALK_H_
#define LINDEN_RUNTIME_STACK_WALK_H_

#include <cstdint>

#include "jit/image.h"
#include "runtime/guest_thread.h"

namespace linden::runtime {

class LoadedCode;

class StackWalk {
 public:
  // `pc` is an address of the instruction that is being executed (of a call, its last byte), `sp`
  // the stack pointer there.
  StackWalk(const GuestThread& thread, uintptr_t pc, uintptr_t sp);

  // False once the walk has left guest code: at a linden_enter, or where nothing is known.
  bool at_frame() const { return function_ != nullptr; }
  uintptr_t pc() const { return pc_; }
  uintptr_t sp() const { return sp_; }
  const LoadedCode& code() const { return *code_; }
  const jit::ImageFunction& function() const { return *function_; }
  uint32_t code_offset() const { return code_offset_; }
  // The address at which the frame's return address lies.
  uintptr_t return_slot() const { return sp_ + function_->frame_size; }
  // Which instance is current in this frame; null as long as it is the one of the first frame.
  jit::InstanceData* switched_instance() const { return switched_instance_; }

  void next();

 private:
  void find_function();

  const GuestThread& thread_;
  uintptr_t pc_;
  uintptr_t sp_;
  const LoadedCode* code_ = nullptr;
  const jit::ImageFunction* function_ = nullptr;
  uint32_t code_offset_ = 0;
  jit::InstanceData* switched_instance_ = nullptr;
};

}  // namespace linden::runtime

#endif
