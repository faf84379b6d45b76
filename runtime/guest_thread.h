// What a host thread needs to run guests: a guarded stack, an alternate stack for fault handlers,
// and a place where a fault is noted. Made on the first call into a guest, freed when the thread
// ends.
//
// Grates that are called by the guest run on a stack of their own of the same kind (visit_stack),
// made when the first is called.
//
// The guest's stack, upwards:
//   guard    PROT_NONE, wider than any frame may be, so that an overflowing frame cannot step over
//   it reserve  for host functions called when the guest has used nearly everything usable   what
//   the guest may use before host functions are refused with the stack-overflow trap
#ifndef LINDEN_RUNTIME_GUEST_THREAD_H_
#define LINDEN_RUNTIME_GUEST_THREAD_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "absl/status/status.h"
#include "jit/abi.h"
#include "microvisor/host.h"
#include "runtime/trap.h"

namespace linden::runtime {

class GuestThread {
 public:
  static constexpr size_t kGuardSize = size_t{4} << 20;
  static constexpr size_t kReserveSize = size_t{256} << 10;
  static constexpr size_t kDefaultStackSize = size_t{8} << 20;
  static constexpr size_t kMaximumStackSize = size_t{1} << 30;

  // For guest stacks that are made from now on; clamped to [64 KiB, kMaximumStackSize].
  static void set_stack_size(size_t bytes);

  // The calling thread's. ResourceExhausted from prepare() if its stacks cannot be had, from `host`
  // if there is one.
  static GuestThread& current();
  absl::Status prepare(microvisor::Host* host = nullptr);
  ~GuestThread();

  std::byte* stack_top() const { return main_.top; }
  std::byte* stack_bottom() const { return main_.mapping + kGuardSize; }
  // The other one, and its Context::stack_limit; null if it cannot be had.
  struct Bounds {
    std::byte* top;
    uintptr_t limit;
  };
  std::optional<Bounds> visit_stack(microvisor::Host& host);
  // Gives the pages of the stack back to the host, but for a few that the next guest will use
  // anyway.
  void release_unused_stack();
  // Makes all of it zero. Not while anything runs on it.
  void clear_stack();
  bool is_in_guard(uintptr_t address) const;
  bool is_on_stack(uintptr_t address) const;
  // What lies below `top` on its stack has been left by a trap.
  void forget_frames(const void* top) const;

  // Notes a trap at a code address and stack pointer, with as much of the call chain as fits.
  // Async-signal-safe.
  void note_trap(jit::TrapCode code, uintptr_t pc, uintptr_t sp);
  // The same in pieces, for who walks the stack anyway.
  void clear_backtrace() { trap_chain_length_ = 0; }
  void note_frame(uintptr_t pc) {
    if (trap_chain_length_ < kMaximumFrames) trap_chain_[trap_chain_length_++] = pc;
  }
  void note_trap(jit::TrapCode code) { trap_code_ = code; }
  // Of the trap that is about to be noted, for who is told of it.
  void note_detail(std::string detail) { trap_detail_ = std::move(detail); }
  // Makes the noted trap presentable. Forgets it.
  Trap take_trap();

 private:
  struct Stack {
    std::byte* mapping = nullptr;
    size_t size = 0;
    std::byte* top = nullptr;

    bool map(microvisor::Host* host);
    ~Stack();
    bool is_in_guard(uintptr_t address) const;
    bool contains(uintptr_t address) const;
    uintptr_t limit() const {
      return reinterpret_cast<uintptr_t>(mapping + kGuardSize + kReserveSize);
    }
  };
  Stack main_;
  Stack visit_;
  std::byte* signal_stack_ = nullptr;

  static constexpr size_t kMaximumFrames = 64;
  jit::TrapCode trap_code_ = jit::TrapCode::None;
  std::string trap_detail_;
  std::array<uintptr_t, kMaximumFrames> trap_chain_{};
  size_t trap_chain_length_ = 0;
};

// Installs the handlers of SIGSEGV, SIGBUS, SIGILL and SIGFPE, and of the microvisor's interrupt
// signal, once. Faults that are not a guest's go to whatever handler was there before.
void install_fault_handlers();

}  // namespace linden::runtime

#endif
