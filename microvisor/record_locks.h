// Record locks of fcntl(2), POSIX's (F_SETLK) and those of open file descriptions (F_OFD_SETLK),
// among cages and towards other processes.
//
// The host can't keep them for us: its POSIX locks belong to the whole process, so cages wouldn't
// exclude each other, and closing any descriptor of the file would drop the locks of all; its OFD
// locks belong to an open file description, so one cage that opened a file twice would exclude
// itself. Hence a table of our own decides among cages. Towards other processes, the union of all
// locks of a file is held on one host description of it, the anchor, as OFD locks.
//
// The anchor is a duplicate of the first locker's descriptor; when a write lock comes and the
// anchor can only be read, it moves to the new locker's description (for an instant, another
// process could take the file then). A file locked for reading through one descriptor and for
// writing through another that is write-only has no description which can carry both: then the
// write lock is known to cages alone.
//
// An owner is a word: the cage's FdTable for POSIX locks (as files_struct in Linux), the OpenFile
// for the others.
//
// Errors: those of fcntl(2). Thread-safety: all functions may be called concurrently.
#pragma once

#include <fcntl.h>

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "microvisor/host.h"
#include "microvisor/mutex.h"

namespace linden::microvisor {

using LockOwner = const void*;

// Both ends belong to the range; kToEnd is what a length of 0 means.
struct LockRange {
  static constexpr int64_t kToEnd = INT64_MAX;
  int64_t first;
  int64_t last;

  bool overlaps(const LockRange& other) const { return first <= other.last && other.first <= last; }
};

struct RecordLock {
  LockOwner owner;
  int pid;   // what F_GETLK reports: the cage's id, or -1 for an open file description
  int type;  // F_RDLCK or F_WRLCK
  LockRange range;
};

class RecordLocks {
 public:
  static RecordLocks& of_process();

  // Sets the owner's lock on a range, or removes it if the type is F_UNLCK. `fd` is the host's
  // descriptor and `access` its access mode. If another owner is in the way: EAGAIN, or with `wait`
  // waits; EDEADLK if that would never end, EINTR.
  Result<void> set(Host& host, int fd, int access, const RecordLock& lock, bool wait);
  // What keeps `lock` from being set. The pid is 0 for another process of the host.
  Result<std::optional<RecordLock>> find_conflict(Host& host, int fd, const RecordLock& lock);
  // Removes all locks of an owner on the file behind `fd`. Cheap while there are no locks at all.
  void closed(Host& host, int fd, LockOwner owner);

 private:
  using FileId = std::pair<uint64_t, uint64_t>;  // device, inode

  struct Waiter {
    LockOwner owner;
    LockOwner blocker;
    int event;  // an eventfd that is written when it is worth trying again
  };
  struct File {
    // Those of one owner by position: F_GETLK tells of the first that is in the way.
    std::vector<RecordLock> locks;
    std::vector<Waiter> waiters;
    std::shared_ptr<HostFd> anchor;
    int anchor_access = O_RDONLY;
  };

  static Result<FileId> identify(Host& host, int fd);
  const RecordLock* conflicting(const File& file, const RecordLock& lock) const;
  void replace(File& file, const RecordLock& lock);
  // Makes the anchor able to carry a lock of `type`; an error of the host leaves it as it was.
  Result<void> prepare_anchor(Host& host, File& file, int fd, int access, int type);
  // Holds on the anchor what the table says for the range.
  void show_host(Host& host, File& file, LockRange range);
  bool would_deadlock(LockOwner owner, LockOwner blocker) const ABSL_SHARED_LOCKS_REQUIRED(mutex_);
  void wake(Host& host, File& file);
  void forget_if_unused(FileId id) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  std::atomic<size_t> files_in_use_ = 0;
  Mutex mutex_;
  std::map<FileId, File> files_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace linden::microvisor
