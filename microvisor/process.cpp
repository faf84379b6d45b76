// The cage as a process.

#include <sys/prctl.h>

#include <array>
#include <climits>
#include <cstring>

#include "microvisor/syscall_helpers.h"

namespace linden::microvisor {

namespace {

constexpr size_t kNameSize = 16;  // TASK_COMM_LEN

SyscallResult set_name(Cage& cage, Path from) {
  // Linux cuts a longer name; only as much as counts is read.
  std::array<char, kNameSize> name{};
  for (size_t i = 0; i + 1 < kNameSize; ++i) {
    name[i] = TRY(cage.memory().read(Path{from.offset + i}));
    if (name[i] == '\0') break;
  }
  cage.attributes().set_name(name.data());
  return 0;
}

SyscallResult get_name(Cage& cage, Path to) {
  std::array<char, kNameSize> name{};
  std::string text = cage.attributes().name();
  memcpy(name.data(), text.data(), text.size());
  return to_zero(cage.memory().copy_out(to, std::span<const char>(name)));
}

}  // namespace

SyscallResult sys_getpid(Cage& cage) { return cage.id(); }
SyscallResult sys_getppid(Cage& cage) { return cage.parent_id(); }

SyscallResult sys_personality(Cage& cage, uint32_t personality) {
  constexpr uint32_t kQuery = 0xffffffff;
  std::atomic<uint32_t>& own = cage.attributes().personality;
  return personality == kQuery ? own.load() : own.exchange(personality);
}

// An allow list; nothing of it reaches the host process.
SyscallResult sys_prctl(Cage& cage, int option, uint64_t argument2, uint64_t argument3,
                        uint64_t argument4, uint64_t argument5) {
  ProcessAttributes& process = cage.attributes();
  Path text{static_cast<uint32_t>(argument2)};
  switch (option) {
    case PR_SET_NAME:
      return set_name(cage, text);
    case PR_GET_NAME:
      return get_name(cage, text);
    case PR_SET_PDEATHSIG:
      if (argument2 != 0 && (argument2 > INT_MAX || !is_signal(static_cast<int>(argument2)))) {
        return Error{EINVAL};
      }
      process.parent_death_signal = static_cast<int>(argument2);
      return 0;
    case PR_GET_PDEATHSIG:
      return to_zero(cage.memory().write(text.cast<int32_t>(), process.parent_death_signal.load()));
    case PR_SET_CHILD_SUBREAPER:
      cage.processes().set_subreaper(cage.id(), argument2 != 0);
      return 0;
    case PR_GET_CHILD_SUBREAPER:
      return to_zero(
          cage.memory().write(text.cast<int32_t>(), cage.processes().is_subreaper(cage.id())));
    case PR_GET_DUMPABLE:
      return process.dumpable ? 1 : 0;
    case PR_SET_DUMPABLE:
      if (argument2 > 1) return Error{EINVAL};
      process.dumpable = argument2 != 0;
      return 0;
    case PR_SET_NO_NEW_PRIVS:
      if (argument2 != 1 || argument3 || argument4 || argument5) return Error{EINVAL};
      process.no_new_privileges = true;
      return 0;
    case PR_GET_NO_NEW_PRIVS:
      if (argument2 || argument3 || argument4 || argument5) return Error{EINVAL};
      return process.no_new_privileges ? 1 : 0;
    case PR_GET_TIMERSLACK:
      return 50000;  // Linux's default, in nanoseconds
    case PR_SET_TIMERSLACK:
    case PR_GET_KEEPCAPS:
    case PR_GET_SECCOMP:
      return 0;
    case PR_CAPBSET_READ:
      return argument2 <= 40 ? SyscallResult(0) : Error{EINVAL};
    default:
      return Error{EINVAL};
  }
}

}  // namespace linden::microvisor
