// The cage as a process.

#include "microvisor/syscalls.h"

namespace linden::microvisor {

SyscallResult sys_getpid(Cage& cage) { return cage.id(); }
SyscallResult sys_getppid(Cage& cage) { return cage.parent_id(); }

SyscallResult sys_sched_yield(Cage& cage) {
  TRY(cage.host().sched_yield());
  return 0;
}

}  // namespace linden::microvisor
