// Faults of guest code become traps. A handler runs on the signal stack, finds that the program
// counter lies in generated code, notes what happened, and lets the thread continue in
// linden_trap_exit, which unwinds to the innermost linden_enter. It touches nothing but
// thread-local state and lock-free tables.

#include <signal.h>
#include <ucontext.h>

#include <cstring>
#include <mutex>
#include <optional>

#include "microvisor/cage.h"
#include "microvisor/guest_memory.h"
#include "microvisor/interruption.h"
#include "microvisor/thread.h"
#include "runtime/code_region.h"
#include "runtime/context.h"
#include "runtime/guest_thread.h"
#include "runtime/memory.h"
#include "runtime/sanitizer.h"

namespace linden::runtime {

extern "C" void linden_trap_exit();
extern "C" const char linden_syscall_return[], linden_syscall_return_end[], linden_compile_return[],
    linden_compile_return_end[], linden_bulk_memory[], linden_bulk_memory_end[];

namespace {

constexpr int kFaultSignals[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE};
struct sigaction previous_actions[NSIG];

// A trap instruction is `ud1l code(%eax), %eax`.
bool is_trap_instruction(uintptr_t pc, jit::TrapCode* code) {
  static constexpr unsigned char kOpcode[] = {0x67, 0x0f, 0xb9, 0x40};
  const auto* bytes = reinterpret_cast<const unsigned char*>(pc);
  if (std::memcmp(bytes, kOpcode, sizeof kOpcode) != 0) return false;
  *code = static_cast<jit::TrapCode>(bytes[4]);
  return true;
}

bool is_in_guest_memory(const void* address) {
  const std::byte* base = current_context().memory_base;
  return base != nullptr && address >= base && address < base + Memory::kReservation;
}

// What generated code did at `pc`. Nothing that a guest can bring about if it reached for an
// address that is neither its memory's nor below its stack: then how memory is confined has failed,
// and it is better to end than to go on.
std::optional<jit::TrapCode> classify(int signal, const siginfo_t* info, uintptr_t pc,
                                      const GuestThread& thread) {
  jit::TrapCode code;
  switch (signal) {
    case SIGILL:
      return is_trap_instruction(pc, &code) ? code : jit::TrapCode::Unreachable;
    case SIGFPE:
      return jit::TrapCode::IntegerDivideByZero;
    default:
      if (thread.is_in_guard(reinterpret_cast<uintptr_t>(info->si_addr))) {
        return jit::TrapCode::StackOverflow;
      }
      if (is_in_guest_memory(info->si_addr)) return jit::TrapCode::MemoryOutOfBounds;
      return std::nullopt;
  }
}

void pass_on(int signal, siginfo_t* info, void* context) {
  const struct sigaction& previous = previous_actions[signal];
  if ((previous.sa_flags & SA_SIGINFO) != 0) {
    previous.sa_sigaction(signal, info, context);
  } else if (previous.sa_handler == SIG_DFL || previous.sa_handler == SIG_IGN) {
    // The faulting instruction runs again when we return, and this time the fault is fatal. A
    // signal that was sent (kill) does not come again by itself.
    ::signal(signal, SIG_DFL);
    if (info->si_code <= 0) raise(signal);
  } else {
    previous.sa_handler(signal);
  }
}

// Notes a trap at the guest's last call out of generated code.
void note_last_call(jit::TrapCode code) {
  GuestThread& thread = GuestThread::current();
  const uintptr_t sp = current_context().activation;
  uintptr_t pc = 0;
  if (thread.is_on_stack(sp)) pc = *reinterpret_cast<const uintptr_t*>(sp) - 1;
  thread.note_trap(code, pc, sp + 8);
}

bool is_between(uintptr_t pc, const char* begin, const char* end) {
  return pc >= reinterpret_cast<uintptr_t>(begin) && pc < reinterpret_cast<uintptr_t>(end);
}

// Short copies and fills, which have no frame.
bool is_bulk_memory(uintptr_t pc) {
  return is_between(pc, linden_bulk_memory, linden_bulk_memory_end);
}

// Generated code and what belongs to it, or the way back into it after the last look at the
// attention word.
bool is_guest_code(uintptr_t pc) {
  return in_code_region(pc) || is_bulk_memory(pc) ||
         is_between(pc, linden_syscall_return, linden_syscall_return_end) ||
         is_between(pc, linden_compile_return, linden_compile_return_end);
}

// Of a thread in guest code: what is wanted of it that cannot wait for its next system call.
// Whether it is to end.
bool must_leave_guest(microvisor::Thread& thread) {
  // It holds no lock, and this may take some. Signals with handlers wait.
  thread.cage().signals().end_if_fatal(thread);
  if (thread.attention().load() & microvisor::Thread::kLook) thread.cage().acknowledge();
  return thread.must_end();
}

// The microvisor wants the attention of the guest thread that runs here. Wherever it is in host
// code, it will look by itself; a wait is called back, and generated code is left if the thread is
// to end.
void handle_interrupt(int, siginfo_t*, void* context) {
  auto* machine = static_cast<ucontext_t*>(context);
  greg_t* registers = machine->uc_mcontext.gregs;
  auto pc = static_cast<uint64_t>(registers[REG_RIP]);
  if (microvisor::redirect_interruptible(&pc)) {
    registers[REG_RIP] = static_cast<greg_t>(pc);
    return;
  }
  if (current_context().host_stack_pointer == 0 || !is_guest_code(pc)) return;
  if (microvisor::Thread* thread = microvisor::current_thread()) {
    if (!must_leave_guest(*thread)) return;
    GuestThread::current().note_trap(jit::TrapCode::Exit, pc,
                                     static_cast<uintptr_t>(registers[REG_RSP]));
    registers[REG_RIP] = reinterpret_cast<greg_t>(&linden_trap_exit);
  }
}

void handle_fault(int signal, siginfo_t* info, void* context) {
  auto* machine = static_cast<ucontext_t*>(context);
  greg_t* registers = machine->uc_mcontext.gregs;
  const auto pc = static_cast<uintptr_t>(registers[REG_RIP]);
  // A signal that someone sent is not a fault, wherever it arrives.
  const bool is_fault = info->si_code > 0;
  if (is_fault && in_code_region(pc) && current_context().host_stack_pointer != 0) {
    GuestThread& thread = GuestThread::current();
    if (std::optional<jit::TrapCode> code = classify(signal, info, pc, thread)) {
      thread.note_trap(*code, pc, static_cast<uintptr_t>(registers[REG_RSP]));
      registers[REG_RIP] = reinterpret_cast<greg_t>(&linden_trap_exit);
      return;
    }
  }
  // A helper that works on the guest's memory met a page that the guest has unmapped or protected.
  if (is_fault && is_bulk_memory(pc)) {
    current_context().activation = static_cast<uintptr_t>(registers[REG_RSP]);
    linden_in_bulk_access = true;
  }
  if (is_fault && linden_in_bulk_access && is_in_guest_memory(info->si_addr)) {
    linden_in_bulk_access = false;
    note_last_call(jit::TrapCode::MemoryOutOfBounds);
    registers[REG_RIP] = reinterpret_cast<greg_t>(&linden_trap_exit);
    return;
  }
  auto user_copy_pc = static_cast<uint64_t>(pc);
  if (is_fault && microvisor::recover_user_copy_fault(&user_copy_pc)) {
    registers[REG_RIP] = static_cast<greg_t>(user_copy_pc);
    return;
  }
  pass_on(signal, info, context);
}

}  // namespace

void install_fault_handlers() {
  static std::once_flag once;
  std::call_once(once, [] {
    struct sigaction action{};
    action.sa_sigaction = handle_fault;
    action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER;
    sigemptyset(&action.sa_mask);
    for (int signal : kFaultSignals) sigaction(signal, &action, &previous_actions[signal]);
    action.sa_sigaction = handle_interrupt;
    action.sa_flags = SA_SIGINFO | SA_ONSTACK;
    sigaction(microvisor::kInterruptSignal, &action, nullptr);
  });
}

void raise_trap(jit::TrapCode code) {
  note_last_call(code);
  leave_guest();
}

void leave_guest() {
  asm volatile("jmp linden_trap_exit");
  __builtin_unreachable();
}

// For guest code that was in host code for long: something was wanted of the thread meanwhile.
extern "C" void linden_attend_uninterrupted() {
  microvisor::Thread* thread = microvisor::current_thread();
  if (thread != nullptr && must_leave_guest(*thread)) raise_trap(jit::TrapCode::Exit);
}

extern "C" [[noreturn]] void linden_raise_stack_overflow() {
  raise_trap(jit::TrapCode::StackOverflow);
}

}  // namespace linden::runtime
