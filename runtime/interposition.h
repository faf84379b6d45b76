// 3i for the programs of one tree of cages: has each call answered by whom the cage's table says,
// and carries out 3i's own calls.
//
// The registry (threei/registry.h) knows who may do what; here is what it takes to do it: which
// program a cage runs, whose memory a pointer leads to, on which thread a call for another cage is
// made.
//
// Thread-safety: all functions may be called concurrently. Programs are added before they run and
// are ended, by their own host thread, when nothing of theirs runs any more.
#ifndef LINDEN_RUNTIME_INTERPOSITION_H_
#define LINDEN_RUNTIME_INTERPOSITION_H_

#include <map>
#include <memory>
#include <mutex>

#include "microvisor/dispatch.h"
#include "runtime/grate_calls.h"
#include "runtime/syscall_frame.h"
#include "threei/registry.h"

namespace linden::runtime {

// How exec reads a program that grates may serve: by calls for the cage, as `caller`, which is on
// this host thread, makes them through the table of cage `table`.
struct ProgramReader {
  GuestTask& caller;
  int table;
};

class Interposition {
 public:
  // Null if memory is short.
  std::shared_ptr<threei::Member> add(CageProgram& program, threei::Member* parent);
  // It is about to begin another program, or has ended; returns when no handler of it runs.
  void begin_program(CageProgram& program);
  void end(CageProgram& program);
  // For a fork of `caller`'s, before it runs: the handlers that its call asks for. An errno, or 0.
  int interpose_child(GuestTask& caller, CageProgram& child);

  // That a program has been ended by a signal or a fault: to grates that want to know it. By its
  // own host thread, when nothing of it runs any more.
  void note_harsh_exit(GuestTask& main_task, microvisor::ExitStatus status);

  // A call's result; or nothing: a handler is to be run for it, GrateCalls::Visit says how.
  using Answer = std::optional<int64_t>;
  // A call that a cage with a table makes: lind.syscall. `place`: where a Visit may be begun; null:
  // handlers are run here.
  Answer call(GuestTask& caller, const SyscallFrame& frame, GrateCalls::Visit* place);
  // lind.make-syscall.
  Answer forward(GuestTask& caller, const ForwardFrame& frame, GrateCalls::Visit* place);

  // Within the execve of `acting`, which has a reader. No file if no grate would be asked for it.
  microvisor::Result<microvisor::ProgramFile> open_program(GuestTask& acting, int directory,
                                                           const std::string& path, int flags);

  threei::Registry& registry() { return registry_; }

 private:
  // Has a handler that `find` finds, answer; nothing if there is none.
  template <typename Find>
  std::optional<Answer> ask_grates(GuestTask& caller, const ForwardedCall& call, Find find,
                                   GrateCalls::Visit* place);
  // What lies beneath all grates. `acting`: a task of the cage that the call is for, on this host
  // thread; null if none is.
  int64_t perform(GuestTask& caller, GuestTask* acting, const ForwardedCall& call);
  int64_t perform_system_call(GuestTask& caller, GuestTask* acting, const ForwardedCall& call);
  // Which of the programs' tables the program of an execve is read through. EPERM, ESRCH.
  microvisor::Result<int> table_of_reader(GuestTask& caller, const ForwardedCall& call) const;
  int64_t perform_with_foreign_memory(GuestTask& caller, microvisor::Thread& thread,
                                      const microvisor::SyscallInfo& info,
                                      const ForwardedCall& call);
  int64_t perform_as_visitor(GuestTask& caller, int target, const microvisor::SyscallInfo& info,
                             const ForwardedCall& call);
  int64_t register_handler(GuestTask& caller, const ForwardedCall& call);
  int64_t copy_data(GuestTask& caller, const ForwardedCall& call);
  int64_t fork_interposed(GuestTask& caller, GuestTask& acting, const ForwardedCall& call);

  // The memory of cage `id`, for `caller`. EPERM, ESRCH.
  microvisor::Result<std::shared_ptr<MemoryImage>> memory_of(GuestTask& caller, uint64_t id);
  microvisor::Result<void> check_right(GuestTask& caller, uint64_t id) const;
  // Waits until a cage may be entered by threads that it has not made, or has ended: 0, or EINTR.
  int wait_until_visitable(int id);
  void kill(int id);

  threei::Registry registry_;
  std::mutex mutex_;
  // Guarded by it. A program that is here, has not ended.
  std::map<int, CageProgram*> programs_;
};

}  // namespace linden::runtime

#endif
