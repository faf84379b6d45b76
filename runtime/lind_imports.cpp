#include "runtime/lind_imports.h"

#include <signal.h>

#include "microvisor/dispatch.h"
#include "microvisor/start_block.h"
#include "runtime/cage_program.h"
#include "runtime/context.h"
#include "runtime/host_function.h"

namespace linden::runtime {
namespace {

// Runs the handlers of the signals that are pending for the thread. Whether one has run, and
// whether all that have want interrupted calls to be made again.
struct Handled {
  bool any = false;
  bool restart = true;
};

Handled run_signal_handlers(GuestTask& task) {
  Handled handled;
  microvisor::Signals& signals = task.thread.cage().signals();
  while (auto delivery = signals.take(task.thread)) {
    const auto& action = delivery->action;
    task.information = delivery->information;
    const Value arguments[] = {Value::i32(action.handler),
                               Value::i32(static_cast<uint32_t>(delivery->information.number)),
                               Value::i32(action.flags)};
    const TrapCode ended = task.program.run_signal_entry(task, arguments);
    // The handler jumps to a setjmp of what it interrupted; that the mask stays as it is, is what
    // longjmp promises.
    if (ended == TrapCode::UncaughtException) throw_at_activation();
    // Not through here again: an exit, or a trap in the handler.
    if (ended != TrapCode::None) raise_trap(ended);
    signals.set_mask(task.thread, delivery->restore);
    handled.any = true;
    handled.restart = handled.restart && (action.flags & SA_RESTART) != 0;
  }
  return handled;
}

// Whether the call is to be made again.
bool attend(GuestTask& task, int number, int64_t result) {
  microvisor::Thread& thread = task.thread;
  Handled handled;
  if (!thread.must_end()) handled = run_signal_handlers(task);
  // Nothing is held here that unwinding would drop.
  if (thread.must_end()) raise_trap(TrapCode::Exit);
  if (result != -EINTR) return false;
  // Called back for nothing that the program sees.
  if (!handled.any) return true;
  const microvisor::SyscallInfo* info = microvisor::find_syscall(number);
  return handled.restart && info != nullptr && (info->traits & microvisor::kRestartable) != 0;
}

int64_t syscall(GuestTask& task, uint32_t number, uint64_t a1, uint64_t a2, uint64_t a3,
                uint64_t a4, uint64_t a5, uint64_t a6) {
  const uint64_t arguments[6] = {a1, a2, a3, a4, a5, a6};
  while (true) {
    const int64_t result = microvisor::dispatch(task.thread, static_cast<int>(number), arguments);
    if (task.thread.attention().load(std::memory_order_acquire) == 0) return result;
    if (!attend(task, static_cast<int>(number), result)) return result;
  }
}

// Of the signal whose handler is about to run; the machine context is left as it is.
void signal_information(GuestTask& task, uint32_t siginfo) {
  (void)task.thread.cage().memory().write(microvisor::GuestPtr<microvisor::GuestSiginfo>{siginfo},
                                          task.information);
}

// Copies the block to `block` if it fits into `size` bytes; its size, or 0 if it cannot be made.
uint32_t start_block(GuestTask& task, uint32_t block, uint32_t size) {
  return microvisor::write_start_block(task.thread.cage(), {block}, size);
}

}  // namespace

std::optional<Extern> find_lind_import(Store& store, const jit::Import& import) {
  if (import.module != "lind") return std::nullopt;
  if (import.name == "syscall") return bind_host_function<syscall, HostEntry::Activation>(store);
  if (import.name == "start-block") return bind_host_function<start_block>(store);
  if (import.name == "signal-information") return bind_host_function<signal_information>(store);
  return std::nullopt;
}

}  // namespace linden::runtime
