// What the files of LinuxHost share.
#pragma once

#include <stdio.h>
#include <sys/types.h>

#include <sys/uio.h>

#include <array>
#include <cerrno>
#include <cstdint>

#include "microvisor/interruption.h"
#include "microvisor/result.h"

namespace linden::microvisor {

// A C result of -1 to an errno, anything else to a T.
template <typename T>
Result<T> checked(auto result) {
  if (result < 0) return Error{errno};
  return static_cast<T>(result);
}

inline Result<void> checked_void(auto result) {
  if (result < 0) return Error{errno};
  return {};
}

// The result of interruptible_syscall(), which carries its errno.
template <typename T>
Result<T> kernel_result(long result) {
  if (result < 0) return Error{static_cast<int>(-result)};
  return static_cast<T>(result);
}

inline Result<void> checked_kernel_void(long result) {
  if (result < 0) return Error{static_cast<int>(-result)};
  return {};
}

// An argument of interruptible_syscall().
inline long word_of(const void* pointer) {
  return static_cast<long>(reinterpret_cast<uintptr_t>(pointer));
}

inline long size_of(const iovec& vector) { return static_cast<long>(vector.iov_len); }

// A path that names the very file that `fd` is open on, also an O_PATH descriptor's, for the calls
// which have no form for those. It follows nothing: a symbolic link opened as such names the link.
class DescriptorPath {
 public:
  explicit DescriptorPath(int fd) { snprintf(text_.data(), text_.size(), "/proc/self/fd/%d", fd); }
  const char* c_str() const { return text_.data(); }

 private:
  std::array<char, 32> text_;
};

// Sets the calling thread's umask and restores it. The mask belongs to the process by default, so
// the thread's file-system attributes are unshared first (once): from then on chdir() and umask()
// of the embedding program's other threads don't reach this one, which uses neither.
class ScopedCreationMask {
 public:
  explicit ScopedCreationMask(mode_t mask);
  ~ScopedCreationMask();
  ScopedCreationMask(const ScopedCreationMask&) = delete;

  mode_t previous() const { return previous_; }

 private:
  const bool active_;
  mode_t previous_ = 0;
};

}  // namespace linden::microvisor
