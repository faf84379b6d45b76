// Waiting for children. There is no job control: nothing is ever reported as stopped or continued.

#include <linux/futex.h>
#include <sys/wait.h>

#include <optional>

#include "microvisor/syscall_helpers.h"

namespace linden::microvisor {

namespace {

// Nothing if none has ended and `options` say not to wait.
Result<std::optional<EndedProcess>> wait_for_child(Cage& cage, ProcessSelection selection,
                                                   int options) {
  const std::atomic<uint32_t>& changes = cage.child_changes()->count();
  const bool keep = (options & WNOWAIT) != 0;
  while (true) {
    const uint32_t seen = changes.load();
    auto ended = TRY(cage.processes().collect(cage.id(), selection, keep));
    if (ended && !keep) cage.add_usage_of_children(ended->usage);
    if (ended || (options & WNOHANG)) return ended;
    auto waited = cage.host().futex(&changes, FUTEX_WAIT_PRIVATE, seen, nullptr, nullptr, 0);
    if (!waited.ok() && waited.code() != EAGAIN) return waited.error();
  }
}

// waitpid's way of naming processes.
Result<ProcessSelection> select_children(Cage& cage, int id) {
  if (id == -1) return ProcessSelection{};
  if (id > 0) return ProcessSelection{ProcessSelection::Process, id};
  if (id == std::numeric_limits<int>::min()) return Error{ESRCH};
  const int group = id == 0 ? TRY(cage.processes().group_of(cage.id())) : -id;
  return ProcessSelection{ProcessSelection::Group, group};
}

}  // namespace

SyscallResult sys_wait4(Cage& cage, int id, GuestPtr<int32_t> status, int options,
                        GuestPtr<GuestRusage> usage) {
  // __WNOTHREAD, __WALL, __WCLONE are about kinds of children that there are none of.
  constexpr int kKnown = WNOHANG | WUNTRACED | WCONTINUED | __WNOTHREAD | __WALL | __WCLONE;
  if (options & ~kKnown) return Error{EINVAL};
  auto ended = TRY(wait_for_child(cage, TRY(select_children(cage, id)), options));
  if (!ended) return 0;
  if (!status.is_null()) TRY(cage.memory().write(status, ended->status.word()));
  if (!usage.is_null()) TRY(cage.memory().write(usage, to_guest(ended->usage)));
  return ended->id;
}

SyscallResult sys_waitid(Cage& cage, int kind, int id, GuestPtr<GuestSiginfo> to, int options,
                         GuestPtr<GuestRusage> usage) {
  constexpr int kStates = WEXITED | WSTOPPED | WCONTINUED;
  constexpr int kKnown = kStates | WNOHANG | WNOWAIT | __WNOTHREAD | __WALL | __WCLONE;
  if ((options & ~kKnown) || !(options & kStates)) return Error{EINVAL};
  ProcessSelection selection;
  switch (kind) {
    case P_ALL:
      break;
    case P_PID:
      if (id <= 0) return Error{EINVAL};
      selection = {ProcessSelection::Process, id};
      break;
    case P_PGID:
      if (id < 0) return Error{EINVAL};
      selection = {ProcessSelection::Group, id};
      if (id == 0) selection.id = TRY(cage.processes().group_of(cage.id()));
      break;
    default:
      return Error{EINVAL};  // P_PIDFD: there are no descriptors of processes
  }
  // Whoever doesn't ask for the end waits for what never happens.
  std::optional<EndedProcess> ended;
  if (options & WEXITED) {
    ended = TRY(wait_for_child(cage, selection, options));
  } else if (!(options & WNOHANG)) {
    return Error{ECHILD};
  }
  GuestSiginfo information{};
  if (ended) {
    const bool killed = ended->status.signal() != 0;
    information.number = SIGCHLD;
    information.code = killed ? CLD_KILLED : CLD_EXITED;
    information.sender.process = ended->id;
    information.sender.user = cage.attributes().identity().real_user;
    information.sender.value =
        static_cast<uint32_t>(killed ? ended->status.signal() : ended->status.code());
    if (!usage.is_null()) TRY(cage.memory().write(usage, to_guest(ended->usage)));
  }
  if (!to.is_null()) TRY(cage.memory().write(to, information));
  return 0;
}

}  // namespace linden::microvisor
