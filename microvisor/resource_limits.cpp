// Limits, usage and priority. Limits are the cage's: RLIMIT_NOFILE bounds its table of descriptors,
// RLIMIT_FSIZE its writes, RLIMIT_AS what it maps, RLIMIT_CPU its time, RLIMIT_STACK is what libc
// takes as the size of new threads' stacks; the others are kept and reported.

#include <algorithm>
#include <optional>

#include "microvisor/address_space.h"
#include "microvisor/syscall_helpers.h"

namespace linden::microvisor {

GuestRusage to_guest(const rusage& usage) {
  return {
      .user_time = to_guest(usage.ru_utime),
      .system_time = to_guest(usage.ru_stime),
      .counters = {usage.ru_maxrss, usage.ru_ixrss, usage.ru_idrss, usage.ru_isrss, usage.ru_minflt,
                   usage.ru_majflt, usage.ru_nswap, usage.ru_inblock, usage.ru_oublock,
                   usage.ru_msgsnd, usage.ru_msgrcv, usage.ru_nsignals, usage.ru_nvcsw,
                   usage.ru_nivcsw},
  };
}

namespace {

// The nice value is remembered and has no effect: threads of cages are the host process's.
Result<void> check_priority_target(Cage& cage, int which, int who) {
  switch (which) {
    case PRIO_PROCESS:
      return who == 0 || who == cage.id() ? Result<void>() : Error{ESRCH};
    case PRIO_PGRP:
      return who == 0 || who == TRY(cage.processes().group_of(cage.id())) ? Result<void>()
                                                                          : Error{ESRCH};
    case PRIO_USER: {
      uint32_t own = cage.attributes().identity().real_user;
      return who == 0 || static_cast<uint32_t>(who) == own ? Result<void>() : Error{ESRCH};
    }
    default:
      return Error{EINVAL};
  }
}

}  // namespace

SyscallResult sys_getrlimit(Cage& cage, int resource, GuestPtr<GuestRlimit> to) {
  return to_zero(cage.memory().write(to, TRY(cage.attributes().limit(resource))));
}

SyscallResult sys_setrlimit(Cage& cage, int resource, GuestPtr<GuestRlimit> from) {
  return to_zero(cage.set_limit(resource, TRY(cage.memory().read(from))));
}

SyscallResult sys_prlimit64(Cage& cage, int pid, int resource, GuestPtr<GuestRlimit> from,
                            GuestPtr<GuestRlimit> to) {
  std::optional<GuestRlimit> wanted;
  if (!from.is_null()) wanted = TRY(cage.memory().read(from));
  GuestRlimit old{};
  Result<void> result = Error{ESRCH};
  auto change = [&](Cage& target) -> Result<void> {
    old = TRY(target.attributes().limit(resource));
    if (wanted) TRY(target.set_limit(resource, *wanted));
    return {};
  };
  if (pid == 0 || pid == cage.id()) {
    result = change(cage);
  } else {
    // All cages are the same user.
    cage.processes().for_each({ProcessSelection::Process, pid},
                              [&](Cage& target) { result = change(target); });
  }
  TRY(std::move(result));
  if (!to.is_null()) TRY(cage.memory().write(to, old));
  return 0;
}

namespace {

// What a cage has in memory cannot be told from what others have.
Result<rusage> with_memory(Host& host, rusage usage) {
  usage.ru_maxrss = TRY(host.resource_usage(RUSAGE_SELF)).ru_maxrss;
  return usage;
}

}  // namespace

SyscallResult sys_getrusage(Thread& thread, int who, GuestPtr<GuestRusage> to) {
  Cage& cage = thread.cage();
  rusage usage{};
  if (who == RUSAGE_SELF) {
    usage = TRY(with_memory(cage.host(), cage.usage()));
  } else if (who == RUSAGE_THREAD) {
    usage = TRY(with_memory(cage.host(), cage.usage_of(thread)));
  } else if (who == RUSAGE_CHILDREN) {
    usage = cage.usage_of_children();
  } else {
    return Error{EINVAL};
  }
  return to_zero(cage.memory().write(to, to_guest(usage)));
}

// The system call answers 20 - nice, so that no value looks like an error.
SyscallResult sys_getpriority(Cage& cage, int which, int who) {
  TRY(check_priority_target(cage, which, who));
  return 20 - cage.attributes().nice;
}

SyscallResult sys_setpriority(Cage& cage, int which, int who, int nice) {
  TRY(check_priority_target(cage, which, who));
  nice = std::clamp(nice, -20, 19);
  bool privileged = cage.attributes().identity().effective_user == 0;
  if (nice < cage.attributes().nice && !privileged) return Error{EACCES};
  cage.attributes().nice = nice;
  return 0;
}

}  // namespace linden::microvisor
