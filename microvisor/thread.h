// A thread of a cage as POSIX sees it: its id, what is to be done when it ends, and the word
// through which others get its attention. How its code runs is the runtime's business
// (ThreadStarter).
//
// Life: made by its cage (Cage::create_thread), bound to a host thread by ThreadBinding while that
// runs it, and destroyed by whoever ran it. The main thread belongs to the cage.
//
// A host thread may run several, one within another's system call: a visitor (Cage::create_visitor)
// is a cage's thread on the host thread of another cage's, whose call it answers. Each has an
// attention word of its own. Waits look at a word that all threads of one host thread have in
// common, the one of the first: whatever is wanted of whichever of them ends a wait with EINTR.
//
// Ownership: a cage outlives its threads; the first thread of a host thread outlives its visitors'
// attachments.
// Thread-safety: request_attention() and interrupt() may be called from any thread while the thread
// cannot end (within Cage::with_threads, or by itself), id() from any; everything else belongs to
// the thread itself, but for what is said of affinity.
#pragma once

#include <sys/resource.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "microvisor/abi.h"
#include "microvisor/guest_memory.h"
#include "microvisor/interruption.h"
#include "microvisor/result.h"
#include "microvisor/signals.h"

namespace linden::microvisor {

class Cage;
class OpenFile;
struct ProgramArguments;

class Thread {
 public:
  // Why a thread should leave whatever it waits for, and look.
  static constexpr uint32_t kEnd = 1 << 0;     // the thread or its cage is to end
  static constexpr uint32_t kSignal = 1 << 1;  // a signal is to be delivered
  static constexpr uint32_t kLook = 1 << 2;    // Cage::acknowledge() is to be called

  ~Thread();
  Thread(const Thread&) = delete;
  Thread& operator=(const Thread&) = delete;

  Cage& cage() { return cage_; }
  int id() const { return id_; }

  // set_tid_address(2): zeroed and woken as a futex when the thread ends. Null for none.
  void set_clear_tid(GuestPtr<int32_t> address) { clear_tid_ = address; }
  // set_robust_list(2). The list is not looked at before the thread ends.
  void set_robust_list(GuestPtr<GuestRobustListHead> head) { robust_list_ = head; }
  GuestPtr<GuestRobustListHead> robust_list() const { return robust_list_; }

  // Records exit(2); the runtime ends the thread when the call returns.
  void end(int exit_code) {
    exit_code_ = exit_code;
    request_attention(kEnd);
  }
  int exit_code() const { return exit_code_; }
  bool must_end() const { return (attention_.load(std::memory_order_acquire) & kEnd) != 0; }
  // What the kernel does when a thread ends: the robust list's locks get a dead owner, the word of
  // set_tid_address is cleared and its waiters woken. No memory error stops it.
  void run_exit_actions();

  const std::atomic<uint32_t>& attention() const { return attention_; }
  void request_attention(uint32_t reasons) {
    attention_.fetch_or(reasons);
    wait_attention_.load()->store(1);
  }
  void clear_attention(uint32_t reasons) { attention_.fetch_and(~reasons); }
  // For exec: as new, but for what Signals keeps here, and not called back any more.
  void reset();
  // Makes the thread notice its attention word, wherever it is. Does nothing if no host thread runs
  // it at present.
  void interrupt();

  // For a visitor: it runs on the calling host thread from now on, whose first thread is `first`,
  // and until detach(). What it runs there, it runs between a VisitScope's begin and end.
  void attach(Thread& first);
  void detach();

  // Signals this thread does not want now; changed through Signals.
  SignalSet signal_mask() const { return signal_mask_; }
  // sigsuspend(2): the mask that is to be in force after the handlers that end the wait; the one
  // of before if the wait is begun anew.
  SignalSet restore_mask_after_handler(SignalSet mask) {
    if (!restored_mask_) restored_mask_ = mask;
    return *restored_mask_;
  }
  // The wait is over without a handler.
  void forget_restored_mask() { restored_mask_.reset(); }
  // The processors that the thread may run on, as for Host::set_affinity: those that the host
  // process was started with, or some of them. EINVAL if none of them would be left. May be called
  // for other threads, within Cage::with_threads alone.
  Result<void> set_affinity(std::span<const std::byte> mask);
  std::span<const std::byte> affinity() const;

  // Nanoseconds of processor time. May be called for other threads, within Cage::with_threads
  // alone.
  int64_t processor_time() const;

  // How many system calls it has begun. From any thread.
  uint64_t calls() const { return calls_.load(std::memory_order_relaxed); }
  // For the thread itself.
  void count_call() { calls_.store(calls() + 1, std::memory_order_relaxed); }

  // For whoever runs the thread.
  void* runner = nullptr;

  // sigaltstack(2).
  GuestSignalStack signal_stack() const { return signal_stack_; }
  void set_signal_stack(GuestSignalStack stack) { signal_stack_ = stack; }

 private:
  friend class Cage;
  friend class Signals;
  friend class ThreadBinding;
  friend class VisitScope;

  Thread(Cage& cage, int id) : cage_(cage), id_(id) {}

  void bind(int host_thread);
  void unbind();
  // What the host thread's clock has counted for this thread. Guarded as host_thread_ is.
  int64_t bound_time() const;
  // What the thread has used since bind(), for itself to ask.
  rusage bound_usage() const;
  void release_robust_futex(uint64_t entry, int32_t futex_offset);

  Cage& cage_;
  const int id_;
  GuestPtr<int32_t> clear_tid_;
  GuestPtr<GuestRobustListHead> robust_list_;
  int exit_code_ = 0;
  // The next three are guarded by the mutex of Signals; only the thread itself changes its mask.
  SignalSet signal_mask_ = 0;
  SignalSet awaited_ = 0;  // by sigtimedwait
  std::vector<GuestSiginfo> pending_;
  std::optional<SignalSet> restored_mask_;
  GuestSignalStack signal_stack_{0, 2 /* SS_DISABLE */, 0};
  std::atomic<uint32_t> attention_ = 0;
  // What waits look at: this one's own word, or for an attached visitor the first thread's. Changed
  // with the mutex of the cage's threads held.
  std::atomic<uint32_t> own_wait_attention_ = 0;
  std::atomic<std::atomic<uint32_t>*> wait_attention_ = &own_wait_attention_;
  bool is_visitor_ = false;
  std::atomic<uint64_t> calls_ = 0;
  // Changed with the mutex of the cage's threads held: who holds it knows that the host thread
  // still runs this one.
  std::atomic<int> host_thread_ = 0;
  // The next three are guarded by that mutex. Empty: all processors.
  std::vector<std::byte> affinity_;
  // In nanoseconds, of earlier host threads, and the present one's clock at bind().
  int64_t earlier_time_ = 0;
  int64_t time_at_bind_ = 0;
  // The host thread's at bind(); the thread's own.
  rusage usage_at_bind_{};
};

namespace detail {
extern thread_local constinit Thread* bound_thread;
}

// While it lives, the calling host thread is the one that runs `thread`, where that may run.
class ThreadBinding {
 public:
  explicit ThreadBinding(Thread& thread);
  ~ThreadBinding();
  ThreadBinding(const ThreadBinding&) = delete;

 private:
  Thread& thread_;
};

// While it lives, the calling host thread runs `visitor`, which is attached to it, in place of the
// thread whose call that answers.
class VisitScope {
 public:
  explicit VisitScope(Thread& visitor) : caller_(*detail::bound_thread) {
    detail::bound_thread = &visitor;
    set_current_attention(&visitor.attention_);
  }
  ~VisitScope() {
    detail::bound_thread = &caller_;
    set_current_attention(&caller_.attention_);
  }
  VisitScope(const VisitScope&) = delete;

 private:
  Thread& caller_;
};

// What is to become of a new process; see clone(2).
struct ForkRequest {
  bool borrows_memory = false;  // CLONE_VM: the parent's, until the child ends or begins a program
  bool waits = false;           // CLONE_VFORK: the caller waits for that
  GuestPtr<int32_t> set_tid = {};  // where the child finds its id, in its own memory
};

// The guest thread that the calling host thread runs, or null. Async-signal-safe.
inline Thread* current_thread() { return detail::bound_thread; }

// A file to be executed, open for reading, and its absolute path where that is known.
struct ProgramFile {
  std::shared_ptr<OpenFile> file;
  std::string path;
};

// How the microvisor has guest threads and processes started.
class ThreadStarter {
 public:
  virtual ~ThreadStarter() = default;
  // Within execve of `caller`: the file at `path`, or that `directory` is open on if that is empty,
  // as others see it who answer the caller's calls on files. No file: it is the microvisor's to
  // open. `flags`: 0 or O_NOFOLLOW. Errors are execve's.
  virtual Result<ProgramFile> open_program(Thread& /*caller*/, int /*directory*/,
                                           const std::string& /*path*/, int /*flags*/) {
    return ProgramFile{};
  }
  // Within a system call of `caller`: makes `child` continue from that call, with the result 0. On
  // a host thread of its own, at once or soon. EAGAIN or ENOMEM if it can't be; the child is then
  // gone.
  virtual Result<void> fork(Thread& caller, std::unique_ptr<Cage> child,
                            const ForkRequest& request) = 0;
  // Within a system call of `caller`: makes `file` the cage's program, with Cage::begin_exec().
  // After an error nothing has changed; otherwise the caller must end. ENOEXEC if the file is no
  // program.
  virtual Result<void> execute(Thread& caller, OpenFile& file, ProgramArguments program) = 0;
  // Within a system call of `caller`: runs the guest's thread entry with `start_block`, at once or
  // soon, on a host thread of its own that takes over `thread`. EAGAIN or ENOMEM if there is none
  // to be had; `thread` is then gone.
  virtual Result<void> start(Thread& caller, std::unique_ptr<Thread> thread,
                             uint32_t start_block) = 0;
};

}  // namespace linden::microvisor
