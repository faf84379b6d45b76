// The frame of linden_syscall_entry and linden_make_syscall_entry (entry_x86_64.S): a system call
// of the guest, from its beginning to its end. It lies on the guest's native stack, just below the
// return address into the guest.
//
// Invariant: nothing in it depends on where the stack or the cage's memory lies, so that fork can
// copy it with the frames of the guest.
#ifndef LINDEN_RUNTIME_SYSCALL_FRAME_H_
#define LINDEN_RUNTIME_SYSCALL_FRAME_H_

#include <cstddef>
#include <cstdint>

namespace linden::runtime {

struct SyscallFrame {
  uint64_t number;
  uint64_t arguments[6];
  int64_t result;
  // While a signal handler runs before the call returns: what is called, with what, and the
  // thread's mask for afterwards.
  const void* handler_entry;
  uint32_t handler_arguments[3];
  bool handled;      // a handler has run
  bool restartable;  // and all that have, had SA_RESTART
  uint64_t restored_mask;
  uint64_t size;  // of the frame: which of the two it is
  // As the guest wants them back: rbx, rbp, r12 to r15.
  uint64_t saved_registers[6];
};
static_assert(offsetof(SyscallFrame, result) == 56);
static_assert(offsetof(SyscallFrame, handler_entry) == 64);
static_assert(offsetof(SyscallFrame, handler_arguments) == 72);
static_assert(offsetof(SyscallFrame, size) == 96);
static_assert(offsetof(SyscallFrame, saved_registers) == 104);
static_assert(sizeof(SyscallFrame) == 152);

// Of lind.make-syscall: a call for others, or beneath those that answer the guest's own.
struct ForwardFrame : SyscallFrame {
  uint64_t self;      // whose table says who answers
  uint64_t target;    // on whom the microvisor acts
  uint64_t cages[6];  // in whose memory each argument is
};
static_assert(sizeof(ForwardFrame) == 216);

}  // namespace linden::runtime

#endif
