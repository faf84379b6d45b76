// System calls by number, as a POSIX guest makes them.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "microvisor/cage.h"

namespace linden::microvisor {

// How to decode, show and generate an argument.
enum class ArgKind : uint8_t {
  None,
  Fd,
  DirFd,
  Int,
  Flags,
  Mode,
  Size,
  Offset,
  Address,  // of pages, not of a buffer
  Clock,
  Path,
  InBuffer,
  OutBuffer,
  InIovec,
  OutIovec,
  InStruct,
  OutStruct,
  InOutStruct,
};

// Whether an argument points to something in a memory that the call reads or writes.
constexpr bool is_memory(ArgKind kind) { return kind >= ArgKind::Path; }

// May wait for something outside of the cage.
inline constexpr uint32_t kBlocking = 1 << 0;
// Is begun anew after a signal handler with SA_RESTART.
inline constexpr uint32_t kRestartable = 1 << 1;

// Full: as Linux, but for a caveat if there is one. Partial: the caveat says what is missing.
// Refused: always fails with `error`, for the reason that the caveat gives.
enum class Support : uint8_t { Full, Partial, Refused };

struct SyscallInfo {
  int number;
  std::string_view name;
  std::array<ArgKind, 6> arguments;
  int argument_count;
  uint32_t traits;
  Support support;
  int error;  // of a refused call, else 0
  std::string_view caveat;
};

// All system calls in the table, sorted by number.
std::span<const SyscallInfo> syscalls();
// Null for a number that doesn't exist.
const SyscallInfo* find_syscall(int number);

// Executes a call for the calling guest thread; the value, or -errno in [-4095, -1]. An unknown
// number is -ENOSYS. The caller must look at thread.attention() afterwards: exit and exit_group
// only record it. Thread-safe.
int64_t dispatch(Thread& thread, int number, const uint64_t arguments[6]);

// The same for a call whose pointers lead to other memories than the cage's: argument i to
// memories[i], or to the cage's if that is null.
int64_t dispatch_foreign(Thread& thread, int number, const uint64_t arguments[6],
                         const GuestMemory* const memories[6]);

}  // namespace linden::microvisor
