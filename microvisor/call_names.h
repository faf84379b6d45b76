// How arguments and results are shown that the table of system calls (syscalls.def) knows only
// roughly: which flags have which names, and what a structure is. For calls and arguments that have
// no entry here, the kind says enough.
//
// Thread-safety: pure.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "microvisor/call_values.h"
#include "microvisor/dispatch.h"

namespace linden::microvisor {

enum class Shown : uint8_t {
  ByKind,
  Names,  // ArgumentForm::names; a number that has none as the kind says
  Decimal,
  Hexadecimal,
  Pointer,
  Octal,   // a mode
  Signal,  // its number
  // Through a pointer, before the call if the kind is one of input, and otherwise when it has
  // succeeded:
  Descriptors,  // two
  Word,
  Offset,
  Timespec,
  Timespecs,  // two, in which tv_nsec may be UTIME_NOW or UTIME_OMIT
  Timeval,
  Timevals,  // two
  Itimerspec,
  Itimerval,
  Limit,  // struct rlimit
  SignalSet,
  SignalAction,
  SignalInformation,
  WaitStatus,
  Text,     // ends with a zero
  Status,   // struct stat
  Strings,  // argv
  Environment,
  Pollfds,  // as many as the argument behind it says
  DirectoryEntries,
  OpenHow,
};

struct ArgumentForm {
  Shown shown = Shown::ByKind;
  std::span<const ValueName> names = {};
};

// How each argument of a call is shown, how many there are, and how the result is.
struct CallForm {
  std::array<ArgumentForm, 6> arguments;
  ArgumentForm result;
  // Without those that the kernel doesn't look at, the other arguments being what they are.
  int argument_count;
};

CallForm form_of(const SyscallInfo& info, const uint64_t arguments[6]);

// Of all clocks, which have a kind of their own.
std::span<const ValueName> clock_names();
// Of open(2).
std::span<const ValueName> open_flag_names();

// An entry of the table.
struct NamedForm {
  std::string_view call;
  int argument;  // counted from 0, or kResult
  ArgumentForm form;
};
inline constexpr int kResult = 6;
// All that there are, for tests.
std::span<const NamedForm> named_forms();

}  // namespace linden::microvisor
