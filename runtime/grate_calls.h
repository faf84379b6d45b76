// The grates that one host thread calls, and the calls that are being answered on it right now.
//
// Lives as long as a guest thread runs on the host thread; there is one at a time. All functions
// are for that host thread.
#ifndef LINDEN_RUNTIME_GRATE_CALLS_H_
#define LINDEN_RUNTIME_GRATE_CALLS_H_

#include <memory>
#include <vector>

#include "runtime/context.h"
#include "runtime/grate.h"

namespace linden::runtime {

class GrateCalls {
 public:
  explicit GrateCalls(microvisor::Thread& first);
  ~GrateCalls();
  GrateCalls(const GrateCalls&) = delete;

  // The calling host thread's; it runs a guest thread.
  static GrateCalls& current() { return *current_; }

  enum class Failure { Ended, NoThread };
  struct Outcome {
    std::optional<int64_t> result;  // or why there is none
    Failure failure = Failure::Ended;
  };
  // Has a call of `caller`'s, which it is making now, answered by a handler.
  Outcome call(GuestTask& caller, threei::Handler handler, const ForwardedCall& call);

  // The task of process `id` whose call is being answered by a handler of `by` on this host thread,
  // or null.
  GuestTask* served_task(const CageProgram& by, int id) const;
  bool is_served(const CageProgram& by, int id) const { return served_task(by, id) != nullptr; }
  // The innermost task of process `id` whose call is being answered, or null.
  GuestTask* waiting_task(int id) const;
  // Whether something is wanted of one whose call is being answered.
  bool is_caller_called_back() const;

 private:
  struct Activation;
  struct Known {
    uint32_t serial;
    std::shared_ptr<Grate> grate;
    std::shared_ptr<GrateThread> thread;
    bool is_over = false;
  };

  Known* find(GuestTask& caller, uint32_t serial, Failure& failure) {
    for (Known& known : known_) {
      if (known.serial == serial && !known.is_over) return &known;
    }
    return find_or_acquire(caller, serial, failure);
  }
  Known* find_or_acquire(GuestTask& caller, uint32_t serial, Failure& failure);
  // Has another thread made for the next call, if the grate still is.
  void forget(uint32_t serial);
  // Runs something of a grate's, run(stack); false if there is no stack to run it on.
  template <typename Run>
  bool visit(microvisor::Host& host, Run run);

  static thread_local constinit GrateCalls* current_;
  microvisor::Thread& first_;
  std::vector<Known> known_;
  Activation* innermost_ = nullptr;
  unsigned visits_ = 0;  // one within another, on the stack of visits
};

// Between two handlers, or below the first: who calls whom. What the callee's thread was in before,
// if it is being called again, is restored.
struct GrateCalls::Activation {
  Activation(GrateCalls& calls, GuestTask& caller, GuestTask& callee, const std::byte* stack_top)
      : calls(calls),
        outer(calls.innermost_),
        caller(caller),
        callee(callee),
        callee_frame(callee.frame),
        callee_stack_top(callee.stack_top),
        callee_base(callee.base) {
    caller.base = current_context().host_stack_pointer;
    callee.stack_top = stack_top;
    calls.innermost_ = this;
  }
  ~Activation() {
    callee.frame = callee_frame;
    callee.stack_top = callee_stack_top;
    callee.base = callee_base;
    calls.innermost_ = outer;
  }
  Activation(const Activation&) = delete;

  GrateCalls& calls;
  Activation* const outer;
  GuestTask& caller;
  GuestTask& callee;
  SyscallFrame* const callee_frame;
  const std::byte* const callee_stack_top;
  const uintptr_t callee_base;
};

template <typename Run>
[[gnu::always_inline]] inline bool GrateCalls::visit(microvisor::Host& host, Run run) {
  Grate::Stack stack;
  if (visits_ == 0) {
    stack = GuestThread::current().visit_stack(host);
    if (!stack) return false;
  }
  ++visits_;
  run(stack);
  --visits_;
  return true;
}

[[gnu::always_inline]] inline GrateCalls::Outcome GrateCalls::call(GuestTask& caller,
                                                                   threei::Handler handler,
                                                                   const ForwardedCall& call) {
  Outcome outcome;
  Known* known = find(caller, handler.grate, outcome.failure);
  if (known == nullptr) return outcome;
  // Handlers may call more grates, and move what is known.
  Grate& grate = *known->grate;
  GrateThread& thread = *known->thread;
  if (!grate.enter(thread)) {
    forget(handler.grate);
    return {std::nullopt, Failure::Ended};
  }
  visit(caller.program.cage().host(), [&](const Grate::Stack& stack) {
    Activation activation(*this, caller, *thread.task, stack ? stack->top : nullptr);
    outcome.result = grate.answer(thread, handler.function, call, stack);
  });
  const bool is_over = thread.depth == 1 && thread.thread->must_end();
  grate.leave(thread);
  if (!outcome.result) outcome.result = -ESRCH;
  if (is_over) forget(handler.grate);
  return outcome;
}

}  // namespace linden::runtime

#endif
