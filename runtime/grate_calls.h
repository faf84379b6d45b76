// The grates that one host thread calls, and the calls that are being answered on it right now.
//
// Lives as long as a guest thread runs on the host thread; there is one at a time. All functions
// are for that host thread.
#ifndef LINDEN_RUNTIME_GRATE_CALLS_H_
#define LINDEN_RUNTIME_GRATE_CALLS_H_

#include <memory>
#include <new>
#include <optional>
#include <vector>

#include "runtime/context.h"
#include "runtime/grate.h"
#include "runtime/invoke.h"

namespace linden::runtime {

class GrateCalls {
 public:
  explicit GrateCalls(microvisor::Thread& first);
  ~GrateCalls();
  GrateCalls(const GrateCalls&) = delete;

  // The calling host thread's; it runs a guest thread.
  static GrateCalls& current() { return *current_; }

  // A handler that is about to run or runs, and what its end undoes.
  class Visit;
  enum class Beginning {
    Begun,       // Visit::entry is to be run, and Visit::end() to be called
    NoFunction,  // the grate has no such handler
    Ended,       // it is none any more
    NoThread,    // memory is short
  };
  // Has a call of `caller`'s, which it is making now, answered by a handler, in a Visit at `place`.
  Beginning begin(GuestTask& caller, threei::Handler handler, const ForwardedCall& call,
                  Visit* place);

  // The task of process `id` whose call is being answered by a handler of `by` on this host thread,
  // be it that the task has asked for that handler, or grates that have passed the call on; or
  // null.
  GuestTask* served_task(const CageProgram& by, int id) const;
  bool is_served(const CageProgram& by, int id) const { return served_task(by, id) != nullptr; }
  // The innermost task of process `id` whose call is being answered, or null.
  GuestTask* waiting_task(int id) const;
  // Whether something is wanted of one whose call is being answered.
  bool is_caller_called_back() const;

 private:
  struct Known {
    uint32_t serial;
    std::shared_ptr<Grate> grate;
    std::shared_ptr<GrateThread> thread;
    bool is_over = false;
  };

  // Null: `failure` says why.
  Known* find(GuestTask& caller, uint32_t serial, Beginning& failure) {
    for (Known& known : known_) {
      if (known.serial == serial && !known.is_over) return &known;
    }
    return find_or_acquire(caller, serial, failure);
  }
  Known* find_or_acquire(GuestTask& caller, uint32_t serial, Beginning& failure);
  // Has another thread made for the next call, if the grate still is.
  void forget(uint32_t serial);
  // The stack for handlers, or nothing within a handler, which is on it already. False if there is
  // none to be had.
  bool find_stack(microvisor::Host& host, Grate::Stack& stack) {
    if (visits_ != 0) return true;
    stack = GuestThread::current().visit_stack(host);
    return stack.has_value();
  }

  static thread_local constinit GrateCalls* current_;
  microvisor::Thread& first_;
  std::vector<Known> known_;
  Visit* innermost_ = nullptr;
  unsigned visits_ = 0;  // one within another, on the stack of visits
};

// Between two handlers, or below the first: who calls whom. What the callee's thread was in before,
// if it is being called again, is restored.
//
// The stubs of system calls keep it on the native stack and run the handler themselves, so that
// nothing of the host's lies between two guests: the processor predicts some sixteen returns, and
// each grate takes as many of them as functions have called one another.
class GrateCalls::Visit {
 public:
  // What linden_enter_handler is to be given; at the beginning, where stubs find it.
  HandlerEntry entry;

  GuestTask& caller() const { return caller_; }
  // The call's result.
  int64_t end(HandlerResult result);

 private:
  friend class GrateCalls;
  [[gnu::always_inline]] Visit(GrateCalls& calls, GuestTask& caller, Known& known,
                               uint32_t function, const GrateThread::Function& code,
                               const ForwardedCall& call, const Grate::Stack& stack)
      : calls_(calls),
        outer_(calls.innermost_),
        caller_(caller),
        callee_(*known.thread->task),
        target_(call.target),
        callee_frame_(callee_.frame),
        callee_stack_top_(callee_.stack_top),
        callee_base_(callee_.base),
        grate_(*known.grate),
        thread_(*known.thread),
        serial_(known.serial),
        is_narrow_(code.is_narrow),
        scope_(*known.thread->thread) {
    jit::Context& context = current_context();
    caller.base = context.host_stack_pointer;
    caller_instance_ = context.instance;
    stack_limit_ = context.stack_limit;
    if (stack) context.stack_limit = stack->limit;
    callee_.stack_top = entry.stack_top = stack ? stack->top : nullptr;
    calls.innermost_ = this;
    ++calls.visits_;
    grate_.give_arguments(function, code, call, entry.words);
    entry.code = code.reference->code;
    switch_instance(thread_.instance->data());
    context.callee = code.reference;
  }

  GrateCalls& calls_;
  Visit* const outer_;
  GuestTask& caller_;
  GuestTask& callee_;
  const uint64_t target_;  // for whom the call is made, which 3i has found right
  SyscallFrame* const callee_frame_;
  const std::byte* const callee_stack_top_;
  const uintptr_t callee_base_;
  // These outlive it: its host thread shares them, and lets go of none while there are visits.
  Grate& grate_;
  GrateThread& thread_;
  const uint32_t serial_;
  const bool is_narrow_;
  jit::InstanceData* caller_instance_;
  uintptr_t stack_limit_;
  std::optional<microvisor::VisitScope> scope_;
};

[[gnu::always_inline]] inline GrateCalls::Beginning GrateCalls::begin(GuestTask& caller,
                                                                      threei::Handler handler,
                                                                      const ForwardedCall& call,
                                                                      Visit* place) {
  Beginning failure;
  Known* known = find(caller, handler.grate, failure);
  if (known == nullptr) return failure;
  Grate::Stack stack;
  if (!find_stack(caller.program.cage().host(), stack)) return Beginning::NoThread;
  GrateThread& thread = *known->thread;
  if (!known->grate->enter(thread)) {
    forget(handler.grate);
    return Beginning::Ended;
  }
  const GrateThread::Function* code = known->grate->find_function(thread, handler.function);
  if (code == nullptr) {
    known->grate->leave(thread);
    return Beginning::NoFunction;
  }
  new (place) Visit(*this, caller, *known, handler.function, *code, call, stack);
  return Beginning::Begun;
}

[[gnu::always_inline]] inline int64_t GrateCalls::Visit::end(HandlerResult result) {
  switch_instance(caller_instance_);
  current_context().stack_limit = stack_limit_;
  if (result.has_trapped) {
    GuestThread::current().forget_frames(
        entry.stack_top != nullptr ? static_cast<const void*>(entry.stack_top) : this);
  }
  scope_.reset();
  const int64_t value = grate_.result_of(result, is_narrow_);
  callee_.frame = callee_frame_;
  callee_.stack_top = callee_stack_top_;
  callee_.base = callee_base_;
  calls_.innermost_ = outer_;
  --calls_.visits_;
  const bool is_over = thread_.depth == 1 && thread_.thread->must_end();
  grate_.leave(thread_);
  if (is_over) calls_.forget(serial_);
  return value;
}

}  // namespace linden::runtime

#endif
