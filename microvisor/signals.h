// Signals of one cage: what its program wants done with each, which are pending, and for whom.
//
// A signal is never delivered in the middle of a computation of ours: whoever runs a thread asks
// take() at the end of each system call that the thread makes, after its attention word said so,
// and runs the handler then. A thread that waits is called back for it (Thread::interrupt).
//
// Numbers and constants are x86-64 Linux's. There is no job control: signals that stop a process
// are ignored, and so is SIGCONT.
//
// Thread-safety: all functions may be called concurrently; a Thread& is the calling one. The mutex
// is taken before Cage's of its threads. Source: signal(7), sigaction(2), kernel/signal.c for the
// order of delivery.
#pragma once

#include <array>
#include <cstdint>
#include <mutex>
#include <optional>
#include <vector>

#include "microvisor/result.h"

namespace linden::microvisor {

class Cage;
class Thread;

inline constexpr int kSignalCount = 64;  // numbers 1 to 64

// A set of signals: bit number - 1.
using SignalSet = uint64_t;
constexpr SignalSet signal_bit(int number) { return SignalSet{1} << (number - 1); }
constexpr bool is_signal(int number) { return number >= 1 && number <= kSignalCount; }

// What rt_sigaction(2) takes, as the guest lays it out; there is no restorer.
struct GuestSigaction {
  uint32_t handler;  // a function's table index, or SIG_DFL, SIG_IGN
  uint32_t flags;
  SignalSet mask;
};
static_assert(sizeof(GuestSigaction) == 16);

// The part of siginfo_t that is in use, in the guest's layout.
struct GuestSiginfo {
  int32_t number;
  int32_t error;
  int32_t code;
  // The fields of some signals are 64-bit words.
  int32_t padding;
  union {
    struct {
      int32_t process;
      uint32_t user;
      uint32_t value;
    } sender;
    struct {
      int32_t number;
      int32_t overrun;
      uint32_t value;
    } timer;
    uint32_t address;
  };
};
static_assert(sizeof(GuestSiginfo) == 28);

// What a thread is to run now. `restore` is its mask for afterwards.
struct SignalDelivery {
  GuestSigaction action;
  GuestSiginfo information;
  SignalSet restore;
};

class Signals {
 public:
  explicit Signals(Cage& cage) : cage_(cage) {}

  // EINVAL if `number` is none, or cannot be caught.
  Result<GuestSigaction> action(int number) const;
  Result<void> set_action(int number, const GuestSigaction& action);

  // For fork, into the signals of a new cage: the handlers, and of the calling thread the mask and
  // the alternate stack. Nothing is pending.
  void copy_from(const Signals& parent, const Thread& caller, Thread& main_thread);
  // For exec: `to` gets what is `from`'s and stays at exec, its mask and what is pending for it.
  void hand_over(Thread& from, Thread& to);
  // For exec: what is caught is no longer.
  void reset_handlers();

  // A standard signal that is pending already is not queued again. EAGAIN if too many are.
  Result<void> send(const GuestSiginfo& information);
  // ESRCH if there is no such thread.
  Result<void> send_to_thread(int id, const GuestSiginfo& information);

  // That a timer of the cage has expired: to a thread, or to the cage for 0. It is queued even if
  // its number is pending, but once for each timer. False if it is not pending now, because it is
  // ignored or there is no such thread.
  bool send_expiration(int thread, const GuestSiginfo& information);

  // The calling thread's mask. SIGKILL and SIGSTOP are never blocked.
  void set_mask(Thread& thread, SignalSet mask);
  SignalSet pending_for(const Thread& thread) const;
  // Takes a pending signal of `set`, blocked or not, without running anything. If there is none,
  // the thread is called back for these from now on, until stop_awaiting().
  std::optional<GuestSiginfo> accept(Thread& thread, SignalSet set);
  void stop_awaiting(Thread& thread);

  // Carries out the default action of a signal that is pending for the calling thread if that is
  // the end; leaves everything else as it is. For a thread that computes: handlers have to wait.
  void end_if_fatal(Thread& thread);
  // The next handler for the calling thread to run, with the thread's mask changed for it; nothing
  // if there is none left. Carries out default actions on the way, of which the end of the cage
  // shows in its exit status.
  std::optional<SignalDelivery> take(Thread& thread);

 private:
  using Queue = std::vector<GuestSiginfo>;

  enum class Default { End, Ignore };
  static Default default_action(int number);

  bool is_ignored(int number) const;
  // To a thread that has it unblocked or awaits it; false if it is ignored.
  Result<bool> deliver_to(Thread& thread, Queue& queue, const GuestSiginfo& information);
  // With the mutex held. False if it is ignored.
  Result<bool> send_to_cage(const GuestSiginfo& information);
  Result<bool> send_to_one(int id, const GuestSiginfo& information);
  Result<void> enqueue(Queue& queue, const GuestSiginfo& information);
  // Takes all of a number out of a queue.
  void discard(Queue& queue, int number);
  // That what a timer sent has left its queue; they add the overrun.
  void tell_timers(GuestSiginfo& information);
  std::optional<GuestSiginfo> dequeue(Thread& thread, SignalSet set);
  // Sets or clears the thread's attention for signals.
  void update_attention(Thread& thread);

  Cage& cage_;
  mutable std::mutex mutex_;
  std::array<GuestSigaction, kSignalCount + 1> actions_{};
  Queue pending_;  // for whichever thread has it unblocked; those of a thread are in Thread
};

}  // namespace linden::microvisor
