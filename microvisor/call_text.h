// A system call as text, as strace(1) shows it:
//
//   openat(AT_FDCWD, "/etc/passwd", O_RDONLY|O_CLOEXEC)    and    3
//   read(3, "root:x:0:0:root:/root:/bin/sh\nda"..., 4096)  and    1024
//   open("/nowhere", O_RDONLY)                             and    -1 ENOENT (No such file ...)
//
// from the table of system calls (dispatch.h) and that of names (call_names.h).
//
// It is made in two steps: what a call takes in is read before it is made (afterwards it may be
// gone: execve), and what it gives out when it is over. A guest's other threads can change both
// between these reads and the kernel's: a trace informs, it doesn't protect.
//
// Thread-safety: a CallText is for one thread at a time.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "microvisor/call_structs.h"
#include "microvisor/dispatch.h"
#include "microvisor/guest_memory.h"

namespace linden::microvisor {

class CallText {
 public:
  // A call that is about to be made.
  CallText(const GuestMemory& memory, int number, const uint64_t arguments[6],
           const TextLimits& limits = {});

  // It is over; as dispatch() returned.
  void finish(const GuestMemory& memory, int64_t result);

  // "name(arguments)". Until finish(), what the call gives out is shown as addresses.
  std::string call() const;
  // "?" until finish(), and for calls that never return.
  const std::string& result() const { return result_; }

 private:
  std::string show_input(const GuestMemory& memory, int argument) const;
  std::string show_output(const GuestMemory& memory, int argument, int64_t result) const;
  std::string show_value(int argument) const;
  std::string show_result(const GuestMemory& memory, int64_t result) const;
  uint32_t address(int argument) const { return static_cast<uint32_t>(arguments_[argument]); }
  // The argument behind `argument`, if it is a size.
  uint32_t size_behind(int argument) const;

  const int number_;
  const SyscallInfo* const info_;  // null if there is no such call
  std::array<uint64_t, 6> arguments_;
  const TextLimits limits_;
  CallForm form_{};
  std::array<std::string, 6> shown_;
  std::string result_ = "?";
};

}  // namespace linden::microvisor
