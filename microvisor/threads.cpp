// Threads of a cage: making, naming and ending them.

#include <linux/sched.h>

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
  TRY(thread.cage().memory().write(head, thread.robust_list().offset));
  return 0;
}

// In the C library's calls the second argument is not a stack pointer but what lind_thread_start
// takes: the new thread sets its own stack up (glibc-port, clone.c).
SyscallResult sys_clone(Thread& thread, uint32_t flags, uint32_t start_block,
                        GuestPtr<int32_t> parent_tid, GuestPtr<int32_t> child_tid,
                        uint32_t /*descriptor*/) {
  // Everything that a thread shares with its process; there are no other kinds yet.
  constexpr uint64_t kShared =
      CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM;
  constexpr uint64_t kOptional = CLONE_SETTLS | CLONE_PARENT_SETTID | CLONE_CHILD_SETTID |
                                 CLONE_CHILD_CLEARTID | CLONE_DETACHED;
  if (!(flags & CLONE_THREAD)) return Error{ENOSYS};
  if ((flags & kShared) != kShared || (flags & ~(kShared | kOptional)) != 0) return Error{EINVAL};
  Cage& cage = thread.cage();
  std::unique_ptr<Thread> created = TRY(cage.create_thread());
  const int id = created->id();
  // Before the child runs: it may look at them at once.
  if (flags & CLONE_PARENT_SETTID) TRY(cage.memory().write(parent_tid, id));
  if (flags & CLONE_CHILD_SETTID) TRY(cage.memory().write(child_tid, id));
  if (flags & CLONE_CHILD_CLEARTID) created->set_clear_tid(child_tid);
  TRY(cage.start_thread(std::move(created), start_block));
  return id;
}

SyscallResult sys_exit(Thread& thread, int status) {
  thread.end(status & 0xff);
  return 0;
}

SyscallResult sys_exit_group(Cage& cage, int status) {
  cage.exit(status & 0xff);
  return 0;
}

}  // namespace linden::microvisor
