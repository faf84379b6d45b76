#include "runtime/grate_calls.h"

#include "runtime/context.h"
#include "runtime/interposition.h"

namespace linden::runtime {

thread_local constinit GrateCalls* GrateCalls::current_ = nullptr;

GrateCalls::GrateCalls(microvisor::Thread& first) : first_(first) { current_ = this; }

GrateCalls::~GrateCalls() {
  for (Known& known : known_) known.grate->release(std::move(known.thread));
  current_ = nullptr;
}

GrateCalls::Known* GrateCalls::find_or_acquire(GuestTask& caller, uint32_t serial,
                                               Beginning& failure) {
  auto grate =
      std::static_pointer_cast<Grate>(caller.program.interposition().registry().find_grate(serial));
  failure = Beginning::Ended;
  if (grate == nullptr) return nullptr;
  failure = Beginning::NoThread;
  Grate::Stack stack;
  if (!find_stack(caller.program.cage().host(), stack)) return nullptr;
  // Its first steps may make calls that other grates answer.
  ++visits_;
  std::shared_ptr<GrateThread> thread = grate->acquire(first_, stack);
  --visits_;
  if (thread == nullptr) return nullptr;
  return &known_.emplace_back(Known{serial, std::move(grate), std::move(thread)});
}

void GrateCalls::forget(uint32_t serial) {
  for (Known& known : known_) known.is_over |= known.serial == serial;
  // Calls further out may use it still.
  if (visits_ != 0) return;
  for (Known& known : known_) {
    if (known.is_over) known.grate->release(std::move(known.thread));
  }
  std::erase_if(known_, [](const Known& known) { return known.is_over; });
}

GuestTask* GrateCalls::served_task(const CageProgram& by, int id) const {
  for (const Visit* at = innermost_; at != nullptr; at = at->outer_) {
    if (&at->callee_.program != &by) continue;
    if (at->caller_.program.cage().id() == id) return &at->caller_;
    // It may not wait on this host thread: a grate may act for others than those that call it.
    if (at->target_ == static_cast<uint64_t>(id)) return waiting_task(id);
  }
  return nullptr;
}

GuestTask* GrateCalls::waiting_task(int id) const {
  for (const Visit* at = innermost_; at != nullptr; at = at->outer_) {
    if (at->caller_.program.cage().id() == id) return &at->caller_;
  }
  return nullptr;
}

bool GrateCalls::is_caller_called_back() const {
  for (const Visit* at = innermost_; at != nullptr; at = at->outer_) {
    if (at->caller_.thread.attention().load() != 0) return true;
  }
  return false;
}

}  // namespace linden::runtime
