// System V IPC: shared memory. The structures are those of x86-64 Linux, whose every field has the
// same place in the guest's.

#include <sys/mman.h>
#include <sys/shm.h>

#include "microvisor/address_space.h"
#include "microvisor/syscall_helpers.h"

namespace linden::microvisor {

namespace {

static_assert(sizeof(ipc_perm) == 48 && sizeof(shmid_ds) == 112);
static_assert(sizeof(shminfo) == 72 && sizeof(shm_info) == 48);

// Which the C library adds to commands where Linux had two versions of the structures.
constexpr int kStructuresOf64Bits = 0x100;  // IPC_64

SharedSegments& segments(Cage& cage) { return cage.processes().shared_segments(); }

template <typename T>
Result<void> write_struct(Cage& cage, Bytes to, const T& value) {
  return cage.memory().write(to.cast<T>(), value);
}

}  // namespace

SyscallResult sys_shmget(Cage& cage, int key, uint32_t size, int flags) {
  return TRY(segments(cage).get(cage, key, size, flags));
}

SyscallResult sys_shmat(Cage& cage, int id, Bytes where, int flags) {
  AddressSpace* space = cage.address_space();
  if (space == nullptr) return Error{ENOSYS};
  uint32_t address = where.address();
  if (address != 0) {
    if ((flags & SHM_RND) != 0) address &= ~uint32_t{kGuestPageSize - 1};
    if (!is_page_aligned(address)) return Error{EINVAL};
  }
  if (address == 0 && (flags & SHM_REMAP)) return Error{EINVAL};
  const bool write = !(flags & SHM_RDONLY);
  std::shared_ptr<SharedSegment> segment = TRY(segments(cage).find(cage, id, write));
  const int protection = PROT_READ | (write ? PROT_WRITE : 0) | (flags & SHM_EXEC ? PROT_EXEC : 0);
  const int place = address == 0 ? 0 : flags & SHM_REMAP ? MAP_FIXED : MAP_FIXED_NOREPLACE;
  Result<uint32_t> attached =
      space->attach(std::move(segment), address, protection, MAP_SHARED | place);
  if (!attached.ok()) return Error{attached.code() == EEXIST ? EINVAL : attached.code()};
  segments(cage).note_attached(cage, id);
  return int64_t{*attached};
}

SyscallResult sys_shmdt(Cage& cage, Bytes address) {
  AddressSpace* space = cage.address_space();
  if (space == nullptr) return Error{ENOSYS};
  std::shared_ptr<SharedSegment> segment = TRY(space->detach(address.address()));
  segments(cage).note_detached(cage, *segment);
  return 0;
}

SyscallResult sys_shmctl(Cage& cage, int id, int command, Bytes buffer) {
  SharedSegments& all = segments(cage);
  if (id < 0) return Error{EINVAL};
  command &= ~kStructuresOf64Bits;
  switch (command) {
    case IPC_STAT:
      return to_zero(write_struct(cage, buffer, TRY(all.status(cage, id))));
    case SHM_STAT:
    case SHM_STAT_ANY: {
      auto [found, status] = TRY(all.status_at(cage, id, command == SHM_STAT_ANY));
      TRY(write_struct(cage, buffer, status));
      return found;
    }
    case IPC_SET: {
      const shmid_ds wanted = TRY(cage.memory().read(buffer.cast<shmid_ds>()));
      return to_zero(all.set(cage, id, wanted.shm_perm));
    }
    case IPC_RMID:
      return to_zero(all.remove(cage, id));
    case SHM_LOCK:
    case SHM_UNLOCK:
      return to_zero(all.lock(cage, id, command == SHM_LOCK));
    case IPC_INFO: {
      shminfo limits{};
      limits.shmmax = SharedSegments::kTotalBytes;
      limits.shmmin = 1;
      limits.shmmni = limits.shmseg = SharedSegments::kLimit;
      limits.shmall = SharedSegments::kTotalBytes / kGuestPageSize;
      TRY(write_struct(cage, buffer, limits));
      return all.highest_index();
    }
    case SHM_INFO:
      TRY(write_struct(cage, buffer, all.usage()));
      return all.highest_index();
    default:
      return Error{EINVAL};
  }
}

}  // namespace linden::microvisor
