// The address space as the guest sees it, memory files and barriers.

#include <linux/membarrier.h>
#include <sys/mman.h>

#include <algorithm>
#include <array>
#include <bit>

#include "microvisor/address_space.h"
#include "microvisor/host_file.h"
#include "microvisor/syscalls.h"

namespace linden::microvisor {

namespace {

// A guest without one has a memory that only grows, as plain wasm knows it.
Result<AddressSpace*> address_space(Cage& cage) {
  if (!cage.address_space()) return Error{ENOSYS};
  return cage.address_space();
}

SyscallResult to_zero(Result<void> done) {
  TRY(std::move(done));
  return 0;
}

// Above 2 GiB they are positive all the same.
SyscallResult to_value(Result<uint32_t> address) { return int64_t{TRY(std::move(address))}; }

}  // namespace

SyscallResult sys_mmap(Cage& cage, Bytes address, uint32_t length, int protection, int flags,
                       int fd, int64_t offset) {
  AddressSpace* space = TRY(address_space(cage));
  std::shared_ptr<OpenFile> file;  // stays open while it is being mapped
  int host_fd = -1;
  if (!(flags & MAP_ANONYMOUS)) {
    if (!is_page_aligned(static_cast<uint64_t>(offset))) return Error{EINVAL};
    file = TRY(cage.fds().file(fd));
    host_fd = TRY(file->mappable());
  }
  return to_value(space->map(address.address(), length, protection, flags, host_fd, offset));
}

SyscallResult sys_munmap(Cage& cage, Bytes address, uint32_t length) {
  return to_zero(TRY(address_space(cage))->unmap(address.address(), length));
}

SyscallResult sys_mprotect(Cage& cage, Bytes address, uint32_t length, int protection) {
  return to_zero(TRY(address_space(cage))->protect(address.address(), length, protection));
}

SyscallResult sys_brk(Cage& cage, Bytes requested) {
  return int64_t{TRY(address_space(cage))->move_break(requested.address())};
}

SyscallResult sys_mremap(Cage& cage, Bytes old_address, uint32_t old_length, uint32_t new_length,
                         int flags, Bytes new_address) {
  return to_value(
      TRY(address_space(cage))
          ->remap(old_address.address(), old_length, new_length, flags, new_address.address()));
}

SyscallResult sys_madvise(Cage& cage, Bytes address, uint32_t length, int advice) {
  return to_zero(TRY(address_space(cage))->advise(address.address(), length, advice));
}

SyscallResult sys_msync(Cage& cage, Bytes address, uint32_t length, int flags) {
  return to_zero(TRY(address_space(cage))->sync(address.address(), length, flags));
}

SyscallResult sys_mincore(Cage& cage, Bytes address, uint32_t length, Bytes pages) {
  AddressSpace* space = TRY(address_space(cage));
  const auto count = static_cast<uint32_t>(round_up_to_page(length) / kGuestPageSize);
  if (!is_page_aligned(address.address())) return Error{EINVAL};
  TRY(cage.memory().check(GuestSpan<std::byte>{pages, count}));
  // In chunks, as Linux does it: what comes before a hole is reported.
  std::array<uint8_t, 4096> chunk;
  for (uint64_t done = 0; done < count; done += chunk.size()) {
    const uint64_t from = address.address() + done * kGuestPageSize;
    if (from >= AddressSpace::kEnd) return Error{ENOMEM};
    std::span part(chunk.data(), std::min<uint64_t>(chunk.size(), count - done));
    TRY(space->residency(static_cast<uint32_t>(from), part));
    TRY(cage.memory().copy_out(pages.offset + done, part.data(), part.size()));
  }
  return 0;
}

SyscallResult sys_mlock(Cage& cage, Bytes address, uint32_t length) {
  return sys_mlock2(cage, address, length, 0);
}

SyscallResult sys_mlock2(Cage& cage, Bytes address, uint32_t length, int flags) {
  return to_zero(TRY(address_space(cage))->lock_pages(address.address(), length, flags));
}

SyscallResult sys_munlock(Cage& cage, Bytes address, uint32_t length) {
  return to_zero(TRY(address_space(cage))->unlock_pages(address.address(), length));
}

SyscallResult sys_mlockall(Cage& cage, int flags) {
  return to_zero(TRY(address_space(cage))->lock_all_pages(flags));
}

SyscallResult sys_munlockall(Cage& cage) {
  return to_zero(TRY(address_space(cage))->unlock_all_pages());
}

SyscallResult sys_memfd_create(Cage& cage, Path name, uint32_t flags) {
  constexpr size_t kLongestName = 249;
  constexpr uint32_t kNoExecuteSeal = 8;  // MFD_NOEXEC_SEAL, which Debian 12's headers lack
  if (flags & ~(MFD_CLOEXEC | MFD_ALLOW_SEALING | kNoExecuteSeal)) return Error{EINVAL};
  Result<std::string> text = cage.memory().copy_string(name, kLongestName);
  if (!text.ok()) return Error{text.code() == ENAMETOOLONG ? EINVAL : text.code()};
  TRY(cage.fds().require_room());
  HostFd fd = TRY(cage.host().memfd_create(text->c_str(), flags));
  // Its metadata can be had from any descriptor, but no path begins at it.
  auto file = HostFile::stream(cage.host(), std::move(fd));
  return TRY(cage.fds().insert({std::move(file), (flags & MFD_CLOEXEC) != 0}));
}

SyscallResult sys_membarrier(Cage& cage, int command, uint32_t flags, int) {
  // Those that concern the threads of this process alone; the host's threads are among them.
  constexpr int kOffered = MEMBARRIER_CMD_GLOBAL | MEMBARRIER_CMD_PRIVATE_EXPEDITED |
                           MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED;
  if (flags != 0) return Error{EINVAL};
  if (command == MEMBARRIER_CMD_QUERY) {
    return TRY(cage.host().membarrier(MEMBARRIER_CMD_QUERY, 0)) & kOffered;
  }
  const bool is_one_command = std::has_single_bit(static_cast<unsigned>(command));
  if (!is_one_command || !(command & kOffered)) return Error{EINVAL};
  return TRY(cage.host().membarrier(command, 0));
}

}  // namespace linden::microvisor
