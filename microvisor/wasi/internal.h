// Helpers that the preview 1 families share. Not for use outside of microvisor/wasi/.
#pragma once

#include <time.h>

#include <array>

#include "microvisor/result.h"
#include "microvisor/wasi/process.h"

// Evaluates to the value of a Result, or returns its error as an Errno.
#define WASI_TRY(expression)                                              \
  ({                                                                      \
    auto wasi_try_result_ = (expression);                                 \
    if (!wasi_try_result_.ok()) return to_errno(wasi_try_result_.code()); \
    wasi_try_result_.take();                                              \
  })

namespace linden::microvisor::wasi {

// Stores a result of type T at guest address `out`.
template <typename T>
Errno store(Process& process, uint32_t out, T value) {
  return to_errno(process.memory().write(GuestPtr<T>{out}, value).code());
}

inline constexpr uint64_t kNanosecondsPerSecond = 1'000'000'000;

// Preview 1 counts unsigned nanoseconds: times before 1970 become 0, those after 2554 the maximum.
uint64_t to_timestamp(const timespec& time);
timespec to_timespec(uint64_t timestamp);

// EINVAL for a clock that preview 1 doesn't know.
Result<clockid_t> to_clock(uint32_t clock);

Filestat to_filestat(const struct stat& status);

// The pair for set_times; EINVAL for a flag combination that contradicts itself.
Result<std::array<timespec, 2>> to_times(uint64_t access, uint64_t modification, uint32_t flags);

// fdflags to and from O_*; EINVAL for unknown bits.
Result<int> to_status_flags(uint32_t fd_flags);
uint16_t to_fd_flags(int status_flags);

}  // namespace linden::microvisor::wasi
