// Numbers that 3i shares with guests: threei/guest/lind_syscall.h says what they mean.
#pragma once

#include <cstdint>

namespace linden::threei {

// Of calls: what a handler can be registered for is below kNumbers.
inline constexpr uint64_t kNumbers = 4096;
inline constexpr int kSystemCalls = 500;  // 3i's own pseudo-numbers begin here
inline constexpr int kDeregister = 500;
inline constexpr int kMatchAll = 501;
inline constexpr int kRegisterHandler = 1001;
inline constexpr int kCopyData = 1002;
inline constexpr int kCopyHandlerTable = 1003;
inline constexpr int kForkInterpose = 1004;
inline constexpr int kHarshCageExit = 1005;

// Of kRegisterHandler.
inline constexpr uint64_t kFatal = 1;

// With the id of a cage: the caller's own memory.
inline constexpr uint64_t kOwnMemory = uint64_t{1} << 63;

// With the id of a cage in the place of the last argument's, of execve and execveat: the program is
// read through that cage's table.
inline constexpr uint64_t kReadThrough = uint64_t{1} << 62;

enum class CopyType : uint64_t { Raw = 0, String = 1, Vectors = 2 };

}  // namespace linden::threei
