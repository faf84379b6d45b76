// Random numbers.

#include "microvisor/syscalls.h"

namespace linden::microvisor {

SyscallResult sys_getrandom(Cage& cage, Bytes buffer, uint32_t size, uint32_t flags) {
  iovec vector = TRY(cage.memory().io_vector(GuestSpan<std::byte>{buffer, size}));
  std::span to(static_cast<std::byte*>(vector.iov_base), vector.iov_len);
  return static_cast<int64_t>(TRY(cage.host().getrandom(to, flags)));
}

}  // namespace linden::microvisor
