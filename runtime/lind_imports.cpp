#include "runtime/lind_imports.h"

#include <signal.h>

#include "microvisor/dispatch.h"
#include "microvisor/interruption.h"
#include "microvisor/start_block.h"
#include "runtime/cage_program.h"
#include "runtime/context.h"
#include "runtime/context_offsets.h"
#include "runtime/host_function.h"
#include "runtime/interposition.h"
#include "runtime/syscall_frame.h"

namespace linden::runtime {

extern "C" void linden_syscall_entry();
extern "C" void linden_make_syscall_entry();

namespace {

// Takes the next signal that has a handler; the frame then says what to call.
bool prepare_handler(GuestTask& task, SyscallFrame& frame) {
  auto delivery = task.thread.cage().signals().take(task.thread);
  if (!delivery) return false;
  const void* entry = task.program.signal_entry();
  if (entry == nullptr) return false;
  const auto& action = delivery->action;
  if (CallObserver* observer = task.program.observer()) observer->signal(task.thread, *delivery);
  task.information = delivery->information;
  frame.handler_entry = entry;
  frame.handler_arguments[0] = action.handler;
  frame.handler_arguments[1] = static_cast<uint32_t>(delivery->information.number);
  frame.handler_arguments[2] = action.flags;
  frame.restored_mask = delivery->restore;
  frame.handled = true;
  frame.restartable = frame.restartable && (action.flags & SA_RESTART) != 0;
  return true;
}

// Whether the call is to be made again, now that nothing is left to be handled.
bool is_restarted(const SyscallFrame& frame) {
  if (frame.result != -EINTR) return false;
  // Called back for nothing that the program sees.
  if (!frame.handled) return true;
  const microvisor::SyscallInfo* info = microvisor::find_syscall(static_cast<int>(frame.number));
  return frame.restartable && info != nullptr && (info->traits & microvisor::kRestartable) != 0;
}

// What the thread's attention is wanted for. True if a handler is to be run before the call goes
// on.
bool attend(GuestTask& task, SyscallFrame& frame) {
  microvisor::Thread& thread = task.thread;
  // Before it is looked at what is wanted, so that nothing is missed.
  (void)microvisor::clear_wait_attention();
  if (thread.attention().load() & microvisor::Thread::kLook) thread.cage().acknowledge();
  if (!thread.must_end() && prepare_handler(task, frame)) return true;
  // Nothing is held here that unwinding would drop.
  if (thread.must_end()) raise_trap(TrapCode::Exit);
  return false;
}

Interposition::Answer perform(GuestTask& task, const SyscallFrame& frame,
                              GrateCalls::Visit* place) {
  if (frame.size == sizeof(ForwardFrame)) {
    return task.program.interposition().forward(task, static_cast<const ForwardFrame&>(frame),
                                                place);
  }
  if (task.member.table() != nullptr) return task.program.interposition().call(task, frame, place);
  return microvisor::dispatch(task.thread, static_cast<int>(frame.number), frame.arguments);
}

int64_t observed_call(GuestTask& task, CallObserver& observer, const SyscallFrame& frame) {
  const int number = static_cast<int>(frame.number);
  const bool is_forwarded = frame.size == sizeof(ForwardFrame);
  const auto memory = is_forwarded ? microvisor::GuestMemory() : task.thread.cage().memory();
  observer.begin(task.thread, number, frame.arguments, memory);
  const int64_t result = *perform(task, frame, nullptr);
  observer.end(task.thread, number, frame.arguments, memory, result);
  return result;
}

// Whether a call was ended by a call back that meant nothing to this thread, and is to be made
// again. If it was meant for one whose call this thread answers, it must see that: EINTR.
bool is_called_back_in_vain(const SyscallFrame& frame) {
  return frame.result == -EINTR && microvisor::clear_wait_attention() &&
         !GrateCalls::current().is_caller_called_back();
}

// What the stub of a system call does next.
enum class Next : uint8_t {
  Return,  // to the guest, with frame->result
  Signal,  // calls the signal handler that the frame names, and then linden_resume_syscall()
  Grate,   // runs the handler of the grate that the Visit names, and then linden_end_visit()
};
static_assert(sizeof(GrateCalls::Visit) <= LINDEN_VISIT_BYTES);

// What comes after a call that has its result; nothing if it is to be made again.
[[gnu::always_inline]] inline std::optional<Next> finish_call(GuestTask& task,
                                                              SyscallFrame& frame) {
  if (task.thread.attention().load(std::memory_order_acquire) == 0) {
    if (frame.result != -EINTR || !is_called_back_in_vain(frame)) return Next::Return;
    return std::nullopt;
  }
  if (attend(task, frame)) return Next::Signal;
  if (is_restarted(frame)) return std::nullopt;
  return Next::Return;
}

// Makes the call, again if need be.
[[gnu::always_inline]] inline Next make_call(GuestTask& task, SyscallFrame& frame,
                                             GrateCalls::Visit* place) {
  task.has_called = true;
  task.frame = &frame;
  for (;;) {
    frame.handled = false;
    frame.restartable = true;
    if (CallObserver* const observer = task.program.observer(); observer != nullptr) {
      frame.result = observed_call(task, *observer, frame);
    } else {
      const Interposition::Answer answer = perform(task, frame, place);
      if (!answer) return Next::Grate;
      frame.result = *answer;
    }
    if (auto next = finish_call(task, frame)) return *next;
  }
}

// Within a call of the host there is an instance. In each call, hence inline.
inline GuestTask& calling_task() {
  auto* instance = static_cast<Instance*>(current_context().instance->owner);
  return *static_cast<GuestTask*>(instance->user_data);
}

// lind.syscall and lind.make-syscall, by their entries. `place`: LINDEN_VISIT_BYTES that stay where
// they are until linden_end_visit().
extern "C" Next linden_syscall(SyscallFrame* frame, GrateCalls::Visit* place) {
  return make_call(calling_task(), *frame, place);
}

extern "C" Next linden_make_syscall(SyscallFrame* frame, GrateCalls::Visit* place) {
  return make_call(calling_task(), *frame, place);
}

extern "C" Next linden_end_visit(SyscallFrame* frame, GrateCalls::Visit* visit, uint64_t value,
                                 uint64_t has_trapped) {
  GuestTask& task = visit->caller();
  frame->result = visit->end({value, has_trapped});
  if (auto next = finish_call(task, *frame)) return *next;
  return make_call(task, *frame, visit);
}

// The same for attention that was wanted after the call.
extern "C" Next linden_attend(SyscallFrame* frame) {
  GuestTask& task = calling_task();
  return attend(task, *frame) ? Next::Signal : Next::Return;
}

extern "C" Next linden_resume_syscall(SyscallFrame* frame, GrateCalls::Visit* place) {
  GuestTask& task = calling_task();
  task.thread.cage().signals().set_mask(task.thread, frame->restored_mask);
  if (attend(task, *frame)) return Next::Signal;
  return is_restarted(*frame) ? make_call(task, *frame, place) : Next::Return;
}

// Of the signal whose handler is about to run; the machine context is left as it is.
void signal_information(GuestTask& task, uint32_t siginfo) {
  task.has_called = true;
  (void)task.thread.cage().memory().write(microvisor::GuestPtr<microvisor::GuestSiginfo>{siginfo},
                                          task.information);
}

// Copies the block to `block` if it fits into `size` bytes; its size, or 0 if it cannot be made.
uint32_t start_block(GuestTask& task, uint32_t block, uint32_t size) {
  task.has_called = true;
  return microvisor::write_start_block(task.thread.cage(), {block}, size);
}

// Calls of it are compiled to an instruction; this is for those through a pointer.
void prefetch(GuestTask&, uint32_t) {}

}  // namespace

std::optional<Extern> find_lind_import(Store& store, const jit::Import& import) {
  if (import.module != "lind") return std::nullopt;
  if (import.name == "syscall") {
    FunctionType type{std::vector<ValueType>(7, ValueType::I64), {ValueType::I64}};
    type.params[0] = ValueType::I32;
    return store.create_stub_function(std::move(type),
                                      reinterpret_cast<const void*>(&linden_syscall_entry));
  }
  if (import.name == "make-syscall") {
    FunctionType type{std::vector<ValueType>(16, ValueType::I64), {ValueType::I64}};
    type.params[0] = ValueType::I32;
    return store.create_stub_function(std::move(type),
                                      reinterpret_cast<const void*>(&linden_make_syscall_entry));
  }
  if (import.name == "prefetch") return bind_host_function<prefetch>(store);
  if (import.name == "start-block") return bind_host_function<start_block>(store);
  if (import.name == "signal-information") return bind_host_function<signal_information>(store);
  return std::nullopt;
}

}  // namespace linden::runtime
