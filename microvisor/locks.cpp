// File locks: fcntl(2)'s and flock(2)'s.

#include <fcntl.h>
#include <sys/file.h>

#include "microvisor/record_locks.h"
#include "microvisor/syscall_helpers.h"

namespace linden::microvisor {

namespace {

// The range that a struct flock means: counted from the start, the position or the end, to either
// side.
Result<LockRange> to_range(OpenFile& file, const GuestFlock& lock) {
  int64_t base = 0;
  if (lock.whence == SEEK_CUR) {
    base = TRY(file.seek(0, SEEK_CUR));
  } else if (lock.whence == SEEK_END) {
    base = TRY(file.stat()).st_size;
  } else if (lock.whence != SEEK_SET) {
    return Error{EINVAL};
  }
  int64_t first;
  if (__builtin_add_overflow(base, lock.start, &first)) return Error{EOVERFLOW};
  if (first < 0) return Error{EINVAL};
  if (lock.length == 0) return LockRange{first, LockRange::kToEnd};
  int64_t last;
  if (lock.length > 0) {
    if (__builtin_add_overflow(first, lock.length - 1, &last)) return Error{EOVERFLOW};
    return LockRange{first, last};
  }
  last = first - 1;
  if (__builtin_add_overflow(first, lock.length, &first) || first < 0) return Error{EINVAL};
  return LockRange{first, last};
}

}  // namespace

SyscallResult control_record_lock(Cage& cage, OpenFile& file, int command,
                                  GuestPtr<GuestFlock> where) {
  bool by_file = command == F_OFD_GETLK || command == F_OFD_SETLK || command == F_OFD_SETLKW;
  bool asks = command == F_GETLK || command == F_OFD_GETLK;
  bool waits = command == F_SETLKW || command == F_OFD_SETLKW;
  GuestFlock guest = TRY(cage.memory().read(where));
  if (by_file && guest.pid != 0) return Error{EINVAL};
  int host_fd = TRY(file.host_descriptor());
  LockRange range = TRY(to_range(file, guest));
  bool known = guest.type == F_RDLCK || guest.type == F_WRLCK;
  if (!known && (guest.type != F_UNLCK || asks)) return Error{EINVAL};
  LockOwner owner = by_file ? static_cast<LockOwner>(&file) : &cage.fds();
  RecordLock lock{owner, by_file ? -1 : cage.id(), guest.type, range};

  RecordLocks& locks = RecordLocks::of_process();
  if (asks) {
    auto conflict = TRY(locks.find_conflict(cage.host(), host_fd, lock));
    guest.type = F_UNLCK;
    if (conflict) {
      guest.type = static_cast<int16_t>(conflict->type);
      guest.whence = SEEK_SET;
      guest.start = conflict->range.first;
      bool to_end = conflict->range.last == LockRange::kToEnd;
      guest.length = to_end ? 0 : conflict->range.last - conflict->range.first + 1;
      guest.pid = conflict->pid;
    }
    return to_zero(cage.memory().write(where, guest));
  }
  int access = TRY(file.status_flags()) & O_ACCMODE;
  if (guest.type == F_RDLCK && access == O_WRONLY) return Error{EBADF};
  if (guest.type == F_WRLCK && access == O_RDONLY) return Error{EBADF};
  return to_zero(locks.set(cage.host(), host_fd, access, lock, waits));
}

// These locks belong to the open file description, of which the host has one for each of ours.
SyscallResult sys_flock(Cage& cage, int fd, int operation) {
  auto file = TRY(usable_file(cage, fd));
  return to_zero(cage.host().flock(TRY(file->host_descriptor()), operation));
}

}  // namespace linden::microvisor
