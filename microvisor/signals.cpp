#include "microvisor/signals.h"

#include <signal.h>

#include <algorithm>
#include <span>

#include "microvisor/cage.h"
#include "microvisor/thread.h"

namespace linden::microvisor {

namespace {

// RLIMIT_SIGPENDING, in effect.
constexpr size_t kQueueLimit = 4096;
constexpr SignalSet kUnblockable = signal_bit(SIGKILL) | signal_bit(SIGSTOP);
constexpr uint32_t kDefault = 0, kIgnore = 1;

SignalSet set_of(const std::vector<GuestSiginfo>& queue) {
  SignalSet set = 0;
  for (const GuestSiginfo& information : queue) set |= signal_bit(information.number);
  return set;
}

}  // namespace

Signals::Default Signals::default_action(int number) {
  switch (number) {
    case SIGCHLD:
    case SIGURG:
    case SIGWINCH:
    case SIGCONT:
    case SIGSTOP:
    case SIGTSTP:
    case SIGTTIN:
    case SIGTTOU:
      return Default::Ignore;
    default:
      return Default::End;
  }
}

bool Signals::is_ignored(int number) const {
  const uint32_t handler = actions_[number].handler;
  return handler == kIgnore || (handler == kDefault && default_action(number) == Default::Ignore);
}

Result<GuestSigaction> Signals::action(int number) const {
  if (!is_signal(number)) return Error{EINVAL};
  std::lock_guard lock(mutex_);
  return actions_[number];
}

Result<void> Signals::set_action(int number, const GuestSigaction& action) {
  if (!is_signal(number) || (signal_bit(number) & kUnblockable)) return Error{EINVAL};
  std::lock_guard lock(mutex_);
  actions_[number] = action;
  if (!is_ignored(number)) return {};
  // POSIX: what is pending then is discarded, blocked or not.
  discard(pending_, number);
  cage_.with_threads([&](std::span<Thread* const> threads) {
    for (Thread* thread : threads) discard(thread->pending_, number);
  });
  return {};
}

void Signals::discard(Queue& queue, int number) {
  std::erase_if(queue, [&](const GuestSiginfo& information) {
    if (information.number != number) return false;
    GuestSiginfo discarded = information;
    tell_timers(discarded);
    return true;
  });
}

void Signals::tell_timers(GuestSiginfo& information) {
  if (information.code == SI_TIMER || information.number == SIGALRM) {
    cage_.timers().delivered(information);
  }
}

void Signals::copy_from(const Signals& parent, const Thread& caller, Thread& main_thread) {
  std::scoped_lock lock(parent.mutex_, mutex_);
  actions_ = parent.actions_;
  main_thread.signal_mask_ = caller.signal_mask_;
  main_thread.signal_stack_ = caller.signal_stack_;
}

void Signals::hand_over(Thread& from, Thread& to) {
  if (&from == &to) return;
  std::lock_guard lock(mutex_);
  to.signal_mask_ = from.signal_mask_;
  to.pending_.insert(to.pending_.end(), from.pending_.begin(), from.pending_.end());
}

void Signals::reset_handlers() {
  std::lock_guard lock(mutex_);
  for (GuestSigaction& action : actions_) {
    action = {action.handler == kIgnore ? kIgnore : kDefault, 0, 0};
  }
}

Result<void> Signals::enqueue(Queue& queue, const GuestSiginfo& information) {
  auto stands_for_it = [&](const GuestSiginfo& other) {
    // Each timer has an entry of its own (timers.h).
    if (information.code == SI_TIMER) {
      return other.code == SI_TIMER && other.timer.number == information.timer.number;
    }
    return information.number < SIGRTMIN && other.number == information.number;
  };
  if (std::ranges::any_of(queue, stands_for_it)) return {};
  if (queue.size() >= kQueueLimit) return Error{EAGAIN};
  queue.push_back(information);
  return {};
}

Result<void> Signals::send(const GuestSiginfo& information) {
  std::lock_guard lock(mutex_);
  TRY(send_to_cage(information));
  return {};
}

Result<bool> Signals::send_to_cage(const GuestSiginfo& information) {
  const SignalSet bit = signal_bit(information.number);
  return cage_.with_threads([&](std::span<Thread* const> threads) -> Result<bool> {
    Thread* receiver = nullptr;
    for (Thread* thread : threads) {
      // Whoever waits for it in sigtimedwait has it blocked.
      if (thread->awaited_ & bit) return deliver_to(*thread, pending_, information);
      if (!receiver && !(thread->signal_mask_ & bit)) receiver = thread;
    }
    if (receiver) return deliver_to(*receiver, pending_, information);
    TRY(enqueue(pending_, information));
    return true;
  });
}

Result<void> Signals::send_to_thread(int id, const GuestSiginfo& information) {
  std::lock_guard lock(mutex_);
  TRY(send_to_one(id, information));
  return {};
}

bool Signals::send_expiration(int thread, const GuestSiginfo& information) {
  std::lock_guard lock(mutex_);
  auto sent = thread == 0 ? send_to_cage(information) : send_to_one(thread, information);
  return sent.ok() && *sent;
}

Result<bool> Signals::send_to_one(int id, const GuestSiginfo& information) {
  return cage_.with_threads([&](std::span<Thread* const> threads) -> Result<bool> {
    auto thread = std::ranges::find(threads, id, &Thread::id);
    if (thread == threads.end()) return Error{ESRCH};
    return deliver_to(**thread, (*thread)->pending_, information);
  });
}

Result<bool> Signals::deliver_to(Thread& thread, Queue& queue, const GuestSiginfo& information) {
  const SignalSet bit = signal_bit(information.number);
  const bool is_open = !(thread.signal_mask_ & bit);
  const bool is_awaited = (thread.awaited_ & bit) != 0;
  if (is_open && !is_awaited && is_ignored(information.number)) return false;
  TRY(enqueue(queue, information));
  if (is_open || is_awaited) {
    thread.request_attention(Thread::kSignal);
    thread.interrupt();
  }
  return true;
}

void Signals::update_attention(Thread& thread) {
  const SignalSet pending = set_of(thread.pending_) | set_of(pending_);
  if (pending & ~thread.signal_mask_) {
    thread.request_attention(Thread::kSignal);
  } else {
    thread.clear_attention(Thread::kSignal);
  }
}

void Signals::set_mask(Thread& thread, SignalSet mask) {
  std::lock_guard lock(mutex_);
  thread.signal_mask_ = mask & ~kUnblockable;
  update_attention(thread);
}

SignalSet Signals::pending_for(const Thread& thread) const {
  std::lock_guard lock(mutex_);
  return (set_of(thread.pending_) | set_of(pending_)) & thread.signal_mask_;
}

// The lowest number first; of one number the one sent first, the thread's own before the cage's.
std::optional<GuestSiginfo> Signals::dequeue(Thread& thread, SignalSet set) {
  Queue* from = nullptr;
  Queue::iterator best;
  for (Queue* queue : {&thread.pending_, &pending_}) {
    for (auto it = queue->begin(); it != queue->end(); ++it) {
      if (!(signal_bit(it->number) & set)) continue;
      if (from && best->number <= it->number) continue;
      from = queue;
      best = it;
    }
  }
  if (!from) return std::nullopt;
  GuestSiginfo information = *best;
  from->erase(best);
  tell_timers(information);
  return information;
}

std::optional<GuestSiginfo> Signals::accept(Thread& thread, SignalSet set) {
  std::lock_guard lock(mutex_);
  auto information = dequeue(thread, set);
  thread.awaited_ = information ? 0 : set;
  update_attention(thread);
  return information;
}

void Signals::stop_awaiting(Thread& thread) {
  std::lock_guard lock(mutex_);
  thread.awaited_ = 0;
  update_attention(thread);
}

void Signals::end_if_fatal(Thread& thread) {
  std::lock_guard lock(mutex_);
  for (const Queue* queue : {&std::as_const(thread.pending_), &std::as_const(pending_)}) {
    for (const GuestSiginfo& information : *queue) {
      const int number = information.number;
      if (thread.signal_mask_ & signal_bit(number)) continue;
      if (actions_[number].handler != kDefault || is_ignored(number)) continue;
      return cage_.exit(ExitStatus::killed(number));
    }
  }
}

std::optional<SignalDelivery> Signals::take(Thread& thread) {
  std::lock_guard lock(mutex_);
  while (auto information = dequeue(thread, ~thread.signal_mask_)) {
    const int number = information->number;
    if (is_ignored(number)) continue;
    GuestSigaction& action = actions_[number];
    if (action.handler == kDefault) {
      cage_.exit(ExitStatus::killed(number));
      break;
    }
    SignalDelivery delivery{action, *information,
                            thread.restored_mask_.value_or(thread.signal_mask_)};
    thread.restored_mask_.reset();
    if (action.flags & SA_RESETHAND) action.handler = kDefault;
    SignalSet blocked = delivery.action.mask;
    if (!(action.flags & SA_NODEFER)) blocked |= signal_bit(number);
    thread.signal_mask_ = (thread.signal_mask_ | blocked) & ~kUnblockable;
    update_attention(thread);
    return delivery;
  }
  thread.clear_attention(Thread::kSignal);
  return std::nullopt;
}

}  // namespace linden::microvisor
