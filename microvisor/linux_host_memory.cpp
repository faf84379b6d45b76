// LinuxHost: memory.

#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "microvisor/linux_host.h"
#include "microvisor/linux_host_internal.h"

namespace linden::microvisor {

namespace {

Result<std::byte*> checked_address(void* address) {
  if (address == MAP_FAILED) return Error{errno};
  return static_cast<std::byte*>(address);
}

}  // namespace

Result<std::byte*> LinuxHost::mmap(std::byte* address, size_t length, int protection, int flags,
                                   int fd, int64_t offset) {
  return checked_address(::mmap(address, length, protection, flags, fd, offset));
}

void LinuxHost::munmap(std::byte* address, size_t length) { ::munmap(address, length); }

Result<void> LinuxHost::mprotect(std::byte* address, size_t length, int protection) {
  return checked_void(::mprotect(address, length, protection));
}

Result<std::byte*> LinuxHost::mremap(std::byte* old_address, size_t old_length, size_t new_length,
                                     int flags, std::byte* new_address) {
  // The system call itself: the C library reads the new address with MREMAP_FIXED only.
  long address = ::syscall(SYS_mremap, old_address, old_length, new_length, flags, new_address);
  return checked_address(reinterpret_cast<void*>(address));
}

Result<void> LinuxHost::madvise(std::byte* address, size_t length, int advice) {
  return checked_void(::madvise(address, length, advice));
}

Result<void> LinuxHost::msync(std::byte* address, size_t length, int flags) {
  return checked_void(::msync(address, length, flags));
}

Result<void> LinuxHost::mincore(std::byte* address, size_t length, std::span<uint8_t> pages) {
  return checked_void(::mincore(address, length, pages.data()));
}

Result<void> LinuxHost::mlock(std::byte* address, size_t length, int flags) {
  return checked_void(::mlock2(address, length, static_cast<unsigned>(flags)));
}

Result<void> LinuxHost::munlock(std::byte* address, size_t length) {
  return checked_void(::munlock(address, length));
}

Result<HostFd> LinuxHost::memfd_create(const char* name, uint32_t flags) {
  return HostFd(*this, TRY(checked<int>(::memfd_create(name, flags | MFD_CLOEXEC))));
}

Result<int> LinuxHost::membarrier(int command, uint32_t flags) {
  return checked<int>(::syscall(SYS_membarrier, command, flags, 0));
}

}  // namespace linden::microvisor
