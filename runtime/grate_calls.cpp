#include "runtime/grate_calls.h"

#include "runtime/context.h"
#include "runtime/interposition.h"

namespace linden::runtime {

namespace {

thread_local constinit GrateCalls* current_calls = nullptr;

}  // namespace

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

GrateCalls::GrateCalls(microvisor::Thread& first) : first_(first) { current_calls = this; }

GrateCalls::~GrateCalls() {
  for (Known& known : known_) known.grate->release(std::move(known.thread));
  current_calls = nullptr;
}

GrateCalls& GrateCalls::current() { return *current_calls; }

GrateCalls::Known* GrateCalls::find(GuestTask& caller, uint32_t serial, Failure& failure) {
  for (Known& known : known_) {
    if (known.serial == serial) return &known;
  }
  auto grate =
      std::static_pointer_cast<Grate>(caller.program.interposition().registry().find_grate(serial));
  failure = Failure::Ended;
  if (grate == nullptr) return nullptr;
  failure = Failure::NoThread;
  std::shared_ptr<GrateThread> thread;
  visit(caller.program.cage().host(),
        [&](const Grate::Stack& stack) { thread = grate->acquire(first_, stack); });
  if (thread == nullptr) return nullptr;
  return &known_.emplace_back(Known{serial, std::move(grate), std::move(thread)});
}

template <typename Run>
bool GrateCalls::visit(microvisor::Host& host, Run run) {
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

GrateCalls::Outcome GrateCalls::call(GuestTask& caller, threei::Handler handler,
                                     const ForwardedCall& call) {
  Outcome outcome;
  Known* known = find(caller, handler.grate, outcome.failure);
  if (known == nullptr) return outcome;
  // Handlers may call more grates, and move what is known.
  Grate& grate = *known->grate;
  GrateThread& thread = *known->thread;
  if (!grate.enter(thread)) {
    std::erase_if(known_, [&](const Known& k) { return k.serial == handler.grate; });
    return {std::nullopt, Failure::Ended};
  }
  visit(caller.program.cage().host(), [&](const Grate::Stack& stack) {
    Activation activation(*this, caller, *thread.task, stack ? stack->top : nullptr);
    outcome.result = grate.answer(thread, handler.function, call, stack);
  });
  const bool is_over = thread.depth == 1 && thread.thread->must_end();
  grate.leave(thread);
  if (!outcome.result) outcome.result = -ESRCH;
  if (is_over) {
    for (Known& k : known_) {
      if (k.serial == handler.grate) k.grate->release(std::move(k.thread));
    }
    std::erase_if(known_, [&](const Known& k) { return k.serial == handler.grate; });
  }
  return outcome;
}

microvisor::Thread* GrateCalls::served_thread(const CageProgram& by, int id) const {
  for (const Activation* at = innermost_; at != nullptr; at = at->outer) {
    if (&at->callee.program == &by && at->caller.program.cage().id() == id) {
      return &at->caller.thread;
    }
  }
  return nullptr;
}

GuestTask* GrateCalls::task_of(int id) const {
  auto* running = static_cast<GuestTask*>(current_user_data());
  if (running != nullptr && running->program.cage().id() == id) return running;
  for (const Activation* at = innermost_; at != nullptr; at = at->outer) {
    if (at->caller.program.cage().id() == id) return &at->caller;
  }
  return nullptr;
}

bool GrateCalls::is_caller_called_back() const {
  for (const Activation* at = innermost_; at != nullptr; at = at->outer) {
    if (at->caller.thread.attention().load() != 0) return true;
  }
  return false;
}

}  // namespace linden::runtime
