// A cage that answers system calls of others: how its handlers are run.
//
// A handler runs on the host thread of the caller, within the caller's system call: %gs, Context
// and bound thread are the grate's meanwhile. Native frames go on a stack that all grates called by
// one host thread have in common, so that no caller chooses how much of it they have left. C's
// stack and thread-local variables are a GrateThread's: a thread of the grate that is made when a
// host thread first calls, stays with that host thread until its guest thread ends, and then serves
// another. So calls are as concurrent as callers are, and may nest: grates forward to grates.
//
// Signals of the grate are blocked on these threads. A grate that ends, in whatever way, calls them
// back; the calls that they were answering fail with ESRCH. What is wanted of a *caller* while its
// call is answered (a signal, its end) makes a wait of the handler fail with EINTR, once for each
// occasion; the handler is never unwound for it, since it may hold the grate's locks.
//
// Ownership: the registry of 3i owns a Grate, host threads share it while they use it. The program
// outlives revoke(). Thread-safety: all functions may be called concurrently.
#ifndef LINDEN_RUNTIME_GRATE_H_
#define LINDEN_RUNTIME_GRATE_H_

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "runtime/cage_program.h"
#include "runtime/guest_thread.h"
#include "runtime/invoke.h"
#include "threei/registry.h"

namespace linden::runtime {

// A call as 3i passes it on.
struct ForwardedCall {
  uint64_t number;
  uint64_t arguments[6];
  uint64_t cages[6];  // in whose memory each argument is
  uint64_t target;    // for whom it is made
  uint64_t self;      // whose table is asked who answers it
};

struct GrateThread {
  // Set by the host thread that is about to use it, which then looks whether it may; and by
  // revoke(), which then looks whether it is in use. For one of both to see what the other has set,
  // revoke() has all threads pass a memory barrier in between, so that calls need none.
  std::atomic<bool> is_busy = false;
  std::atomic<bool> is_revoked = false;
  unsigned depth = 0;  // of calls that it answers, one within another; its host thread's
  // The next three are gone once it is revoked and not busy.
  std::unique_ptr<microvisor::Thread> thread;
  std::unique_ptr<Instance> instance;
  std::optional<GuestTask> task;

  // Functions that have been called, by some bits of their indexes.
  struct Function {
    uint32_t index = 0;  // 0 is no function
    bool is_narrow = false;
    FunctionReference* reference = nullptr;
  };
  Function functions[16];
};

class Grate final : public threei::Answerer {
 public:
  // `original`: an instance of the program, not running, with its memory; copied for each thread.
  Grate(CageProgram& program, std::unique_ptr<Instance> original);
  ~Grate() override;

  using Stack = std::optional<GuestThread::Bounds>;

  // A thread for the calling host thread, whose first guest thread is `first`; to be released when
  // that ends. Null if there is none to be had, or the grate has ended. `stack`: where native
  // frames go, unless they are there already.
  std::shared_ptr<GrateThread> acquire(microvisor::Thread& first, const Stack& stack);
  void release(std::shared_ptr<GrateThread> thread);

  // Around all that a handler does, by the thread's host thread. False if the grate has ended; then
  // there is nothing to leave.
  bool enter(GrateThread& thread) {
    if (thread.depth++ != 0) return true;
    thread.is_busy.store(true, std::memory_order_relaxed);
    if (has_barrier_) {
      std::atomic_signal_fence(std::memory_order_seq_cst);
    } else {
      std::atomic_thread_fence(std::memory_order_seq_cst);
    }
    if (!thread.is_revoked.load(std::memory_order_acquire)) return true;
    leave(thread);
    return false;
  }
  void leave(GrateThread& thread) {
    if (--thread.depth != 0) return;
    thread.is_busy.store(false, std::memory_order_release);
    if (thread.is_revoked.load(std::memory_order_relaxed)) note_left();
  }

  // The function of a handler, or null if it is none.
  const GrateThread::Function* find_function(GrateThread& thread, uint32_t index) const {
    const GrateThread::Function& known = thread.functions[index % std::size(thread.functions)];
    return known.index == index ? &known : look_up_function(thread, index);
  }
  // Puts a call where the handler `index`, whose function is `code`, looks for its arguments: in
  // `words`, and what does not fit into the Context.
  void give_arguments(uint32_t index, const GrateThread::Function& code, const ForwardedCall& call,
                      uint64_t words[jit::kIntegerArgumentRegisters]) const;
  // What the caller gets for what a handler has returned. By a trap the grate has ended: ESRCH.
  int64_t result_of(HandlerResult result, bool is_narrow) {
    if (result.has_trapped) [[unlikely]]
      return note_trap();
    return is_narrow ? widen(result.value) : static_cast<int64_t>(result.value);
  }

  // Whether a function of a program may be a handler: an index of its table whose function takes at
  // most 16 words of 64 bits and gives one of 32 or 64.
  static bool is_handler(const Instance& instance, uint32_t function);

  // No handler is run any more. Returns when none runs, and nothing is left here that uses the
  // program. Not for threads on which a handler of it runs.
  void revoke();

 private:
  std::shared_ptr<GrateThread> make_thread(microvisor::Thread& first, const Stack& stack);
  bool prepare(GrateThread& thread, const Stack& stack);
  // An int may be an error, or what a page's address above 2 GiB has become.
  static int64_t widen(uint64_t result) {
    const auto narrow = static_cast<int32_t>(result);
    return narrow < 0 && narrow >= -4095 ? narrow : static_cast<uint32_t>(narrow);
  }
  int64_t note_trap();
  void note_left();
  const GrateThread::Function* look_up_function(GrateThread& thread, uint32_t index) const;
  static void dismantle(GrateThread& thread);

  CageProgram& program_;
  std::unique_ptr<Instance> original_;
  FunctionReference* const dispatcher_;  // of old handlers, or null
  const bool has_barrier_;               // see GrateThread::is_busy
  std::mutex mutex_;
  std::condition_variable left_;
  // Guarded by the mutex.
  bool is_revoked_ = false;
  std::vector<std::shared_ptr<GrateThread>> all_;
  std::vector<std::shared_ptr<GrateThread>> idle_;
};

// Every handler takes these, or the first few of them; a dispatcher its handler's index before.
[[gnu::always_inline]] inline void Grate::give_arguments(
    uint32_t index, const GrateThread::Function& code, const ForwardedCall& call,
    uint64_t words[jit::kIntegerArgumentRegisters]) const {
  auto* overflow = reinterpret_cast<Value*>(current_context().overflow);
  auto give = [&](size_t place, uint64_t word) {
    if (place < jit::kIntegerArgumentRegisters) {
      words[place] = word;
    } else {
      overflow[place - jit::kIntegerArgumentRegisters].low = word;
    }
  };
  auto give_all = [&](size_t first) {
    give(first, static_cast<uint64_t>(program_.cage().id()));
    for (size_t i = 0; i < 6; ++i) {
      give(first + 1 + 2 * i, call.arguments[i]);
      give(first + 2 + 2 * i, call.cages[i]);
    }
    give(first + 13, call.number);
    give(first + 14, call.target);
    give(first + 15, call.self);
  };
  if (code.reference != dispatcher_) [[likely]] {
    give_all(0);
  } else {
    give(0, index);
    give_all(1);
  }
}

}  // namespace linden::runtime

#endif
