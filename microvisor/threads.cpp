// Making, naming and ending threads and processes.

#include <linux/sched.h>
#include <signal.h>

#include "microvisor/syscalls.h"

namespace linden::microvisor {

SyscallResult sys_gettid(Thread& thread) { return thread.id(); }

SyscallResult sys_set_tid_address(Thread& thread, GuestPtr<int32_t> address) {
  thread.set_clear_tid(address);
  return thread.id();
}

SyscallResult sys_set_robust_list(Thread& thread, GuestPtr<GuestRobustListHead> head,
                                  uint32_t size) {
  if (size != sizeof(GuestRobustListHead)) return Error{EINVAL};
  thread.set_robust_list(head);
  return 0;
}

SyscallResult sys_get_robust_list(Thread& thread, int id, GuestPtr<uint32_t> head,
                                  GuestPtr<uint32_t> size) {
  if (id != 0 && id != thread.id()) {
    return Error{thread.cage().has_thread(id) ? EPERM : ESRCH};
  }
  TRY(thread.cage().memory().write(size, sizeof(GuestRobustListHead)));
  TRY(thread.cage().memory().write(head, thread.robust_list().address()));
  return 0;
}

namespace {

// In the C library's calls the second argument is not a stack pointer but what lind_thread_start
// takes: the new thread sets its own stack up (glibc-port, clone.c).
SyscallResult clone_thread(Thread& thread, uint32_t flags, uint32_t start_block,
                           GuestPtr<int32_t> parent_tid, GuestPtr<int32_t> child_tid) {
  // Everything that a thread shares with its process; there are no other kinds.
  constexpr uint64_t kShared =
      CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM;
  constexpr uint64_t kOptional = CLONE_SETTLS | CLONE_PARENT_SETTID | CLONE_CHILD_SETTID |
                                 CLONE_CHILD_CLEARTID | CLONE_DETACHED;
  if ((flags & kShared) != kShared || (flags & ~(kShared | kOptional)) != 0) return Error{EINVAL};
  Cage& cage = thread.cage();
  std::unique_ptr<Thread> created = TRY(cage.create_thread(thread));
  const int id = created->id();
  // Before the child runs: it may look at them at once.
  if (flags & CLONE_PARENT_SETTID) TRY(cage.memory().write(parent_tid, id));
  if (flags & CLONE_CHILD_SETTID) TRY(cage.memory().write(child_tid, id));
  if (flags & CLONE_CHILD_CLEARTID) created->set_clear_tid(child_tid);
  TRY(cage.start_thread(thread, std::move(created), start_block));
  return id;
}

// The child runs on a copy of the caller's stack, where the call returns 0; it has a copy of the
// memory too, or until it ends or begins another program the memory itself, while the caller waits.
SyscallResult clone_process(Thread& thread, uint32_t flags, GuestPtr<int32_t> parent_tid,
                            GuestPtr<int32_t> child_tid) {
  constexpr uint32_t kBorrows = CLONE_VM | CLONE_VFORK;
  constexpr uint32_t kOptional =
      CSIGNAL | kBorrows | CLONE_PARENT_SETTID | CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID;
  if ((flags & ~kOptional) != 0) return Error{EINVAL};
  const int exit_signal = static_cast<int>(flags & CSIGNAL);
  if (exit_signal != 0 && !is_signal(exit_signal)) return Error{EINVAL};
  // Two programs at once on one stack.
  if ((flags & kBorrows) == CLONE_VM) return Error{EINVAL};
  Cage& cage = thread.cage();
  std::unique_ptr<Cage> child = TRY(cage.fork(thread, exit_signal));
  const int id = child->id();
  if (flags & CLONE_PARENT_SETTID) TRY(cage.memory().write(parent_tid, id));
  ForkRequest request{.borrows_memory = (flags & CLONE_VM) != 0,
                      .waits = (flags & CLONE_VFORK) != 0};
  if (flags & CLONE_CHILD_SETTID) request.set_tid = child_tid;
  if (flags & CLONE_CHILD_CLEARTID) child->main_thread().set_clear_tid(child_tid);
  TRY(cage.start_process(thread, std::move(child), request));
  return id;
}

}  // namespace

SyscallResult sys_clone(Thread& thread, uint32_t flags, uint32_t start_block,
                        GuestPtr<int32_t> parent_tid, GuestPtr<int32_t> child_tid,
                        uint32_t /*descriptor*/) {
  if (flags & CLONE_THREAD) return clone_thread(thread, flags, start_block, parent_tid, child_tid);
  return clone_process(thread, flags, parent_tid, child_tid);
}

SyscallResult sys_fork(Thread& thread) { return clone_process(thread, SIGCHLD, {}, {}); }

SyscallResult sys_vfork(Thread& thread) {
  return clone_process(thread, SIGCHLD | CLONE_VM | CLONE_VFORK, {}, {});
}

SyscallResult sys_exit(Thread& thread, int status) {
  thread.end(status & 0xff);
  return 0;
}

SyscallResult sys_exit_group(Cage& cage, int status) {
  cage.exit(ExitStatus::exited(status));
  return 0;
}

}  // namespace linden::microvisor
