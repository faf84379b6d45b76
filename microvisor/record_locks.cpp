#include "microvisor/record_locks.h"

#include <algorithm>

namespace linden::microvisor {

namespace {

struct flock to_host(int type, LockRange range) {
  struct flock lock{};
  lock.l_type = static_cast<short>(type);
  lock.l_whence = SEEK_SET;
  lock.l_start = range.first;
  lock.l_len = range.last == LockRange::kToEnd ? 0 : range.last - range.first + 1;
  return lock;
}

bool can_carry(int access, int type) {
  return access == O_RDWR || access == (type == F_WRLCK ? O_WRONLY : O_RDONLY);
}

}  // namespace

RecordLocks& RecordLocks::of_process() {
  static auto& locks = *new RecordLocks;  // used by destructors of files at exit
  return locks;
}

Result<RecordLocks::FileId> RecordLocks::identify(Host& host, int fd) {
  struct stat status = TRY(host.fstat(fd));
  return FileId(status.st_dev, status.st_ino);
}

const RecordLock* RecordLocks::conflicting(const File& file, const RecordLock& lock) const {
  for (const RecordLock& other : file.locks) {
    bool exclusive = lock.type == F_WRLCK || other.type == F_WRLCK;
    if (other.owner != lock.owner && exclusive && other.range.overlaps(lock.range)) return &other;
  }
  return nullptr;
}

// Whatever the owner had in the range is cut away, then the lock is added unless it is F_UNLCK.
void RecordLocks::replace(File& file, const RecordLock& lock) {
  std::vector<RecordLock> result;
  for (const RecordLock& old : file.locks) {
    if (old.owner != lock.owner || !old.range.overlaps(lock.range)) {
      result.push_back(old);
      continue;
    }
    RecordLock part = old;
    if (old.range.first < lock.range.first) {
      part.range = {old.range.first, lock.range.first - 1};
      result.push_back(part);
    }
    if (old.range.last > lock.range.last) {
      part.range = {lock.range.last + 1, old.range.last};
      result.push_back(part);
    }
  }
  if (lock.type != F_UNLCK) {
    // Neighbours of the same type become one, so that locking byte by byte doesn't grow the table.
    RecordLock merged = lock;
    std::erase_if(result, [&](const RecordLock& other) {
      bool before = merged.range.first > 0 && other.range.last == merged.range.first - 1;
      bool after =
          merged.range.last != LockRange::kToEnd && other.range.first == merged.range.last + 1;
      if (other.owner != lock.owner || other.type != lock.type || !(before || after)) return false;
      merged.range.first = std::min(merged.range.first, other.range.first);
      merged.range.last = std::max(merged.range.last, other.range.last);
      return true;
    });
    auto next = std::ranges::find_if(result, [&](const RecordLock& other) {
      return other.owner == lock.owner && other.range.first > merged.range.first;
    });
    result.insert(next, merged);
  }
  file.locks = std::move(result);
}

void RecordLocks::show_host(Host& host, File& file, LockRange range) {
  if (!file.anchor) return;
  for (int64_t first = range.first;;) {
    // The longest piece from `first` on over which the strongest lock doesn't change.
    int64_t last = range.last;
    int type = F_UNLCK;
    for (const RecordLock& lock : file.locks) {
      if (lock.range.first > first) {
        last = std::min(last, lock.range.first - 1);
      } else if (lock.range.last >= first) {
        last = std::min(last, lock.range.last);
        if (type != F_WRLCK) type = lock.type;
      }
    }
    if (!can_carry(file.anchor_access, type) && type != F_UNLCK) type = F_UNLCK;
    struct flock lock = to_host(type, {first, last});
    // Weakening doesn't fail. Strengthening happens when the anchor moves; see the header.
    (void)host.record_lock(file.anchor->get(), F_OFD_SETLK, &lock);
    if (last >= range.last) return;
    first = last + 1;
  }
}

Result<void> RecordLocks::prepare_anchor(Host& host, File& file, int fd, int access, int type) {
  if (file.anchor && (can_carry(file.anchor_access, type) || access != O_RDWR)) return {};
  auto anchor = std::make_shared<HostFd>(TRY(host.duplicate(fd)));
  constexpr LockRange kAll{0, LockRange::kToEnd};
  if (file.anchor) {
    struct flock none = to_host(F_UNLCK, kAll);
    (void)host.record_lock(file.anchor->get(), F_OFD_SETLK, &none);
  }
  file.anchor = std::move(anchor);
  file.anchor_access = access;
  show_host(host, file, kAll);
  return {};
}

bool RecordLocks::would_deadlock(LockOwner owner, LockOwner blocker) const {
  // An owner waits in as many places as it has waiting threads; the first is followed, as in Linux,
  // and the number of steps bounds what a changing table could make of it.
  for (int step = 0; step < 10; ++step) {
    if (blocker == owner) return true;
    LockOwner next = nullptr;
    for (const auto& [id, file] : files_) {
      for (const Waiter& waiter : file.waiters) {
        if (waiter.owner == blocker) next = waiter.blocker;
      }
    }
    if (!next) return false;
    blocker = next;
  }
  return false;
}

void RecordLocks::wake(Host& host, File& file) {
  for (const Waiter& waiter : file.waiters) host.post_event(waiter.event);
}

void RecordLocks::forget_if_unused(FileId id) {
  auto found = files_.find(id);
  if (found == files_.end() || !found->second.locks.empty() || !found->second.waiters.empty()) {
    return;
  }
  files_.erase(found);
  files_in_use_ = files_.size();
}

Result<void> RecordLocks::set(Host& host, int fd, int access, const RecordLock& lock, bool wait) {
  FileId id = TRY(identify(host, fd));
  HostFd event;
  while (true) {
    std::shared_ptr<HostFd> anchor;
    bool by_cage = false;
    {
      MutexLock guard(&mutex_);
      if (lock.type == F_UNLCK) {
        auto found = files_.find(id);
        if (found == files_.end()) return {};
        replace(found->second, lock);
        show_host(host, found->second, lock.range);
        wake(host, found->second);
        forget_if_unused(id);
        return {};
      }
      File& file = files_[id];
      files_in_use_ = files_.size();
      const RecordLock* blocker = conflicting(file, lock);
      if (!blocker) {
        Result<void> held = prepare_anchor(host, file, fd, access, lock.type);
        if (held.ok() && can_carry(file.anchor_access, lock.type)) {
          struct flock host_lock = to_host(lock.type, lock.range);
          held = host.record_lock(file.anchor->get(), F_OFD_SETLK, &host_lock);
        }
        if (held.ok()) {
          // A write lock that becomes a read lock may be what others wait for.
          replace(file, lock);
          wake(host, file);
          return {};
        }
        bool taken = held.code() == EAGAIN || held.code() == EACCES;
        anchor = file.anchor;
        if (!taken || !wait) {
          forget_if_unused(id);
          return taken ? Error{EAGAIN} : held.error();
        }
      } else {
        // A file with a conflicting lock is in use: nothing to forget.
        if (!wait) return Error{EAGAIN};
        if (would_deadlock(lock.owner, blocker->owner)) return Error{EDEADLK};
        event = TRY(host.eventfd(0, 0));
        file.waiters.push_back({lock.owner, blocker->owner, event.get()});
        by_cage = true;
      }
    }
    Result<void> waited;
    if (by_cage) {
      pollfd entry{.fd = event.get(), .events = POLLIN, .revents = 0};
      Result<int> ready = host.poll({&entry, 1}, nullptr);
      if (!ready.ok()) waited = ready.error();
    } else {
      struct flock host_lock = to_host(lock.type, lock.range);
      waited = host.record_lock(anchor->get(), F_OFD_SETLKW, &host_lock);
    }
    MutexLock guard(&mutex_);
    auto found = files_.find(id);
    if (found != files_.end()) {
      std::erase_if(found->second.waiters,
                    [&](const Waiter& waiter) { return waiter.event == event.get(); });
      // What the wait obtained from the host isn't in the table, and another cage may come first.
      if (!by_cage) show_host(host, found->second, lock.range);
      if (!waited.ok()) forget_if_unused(id);
    }
    if (!waited.ok()) return waited.error();
  }
}

Result<std::optional<RecordLock>> RecordLocks::find_conflict(Host& host, int fd,
                                                             const RecordLock& lock) {
  FileId id = TRY(identify(host, fd));
  MutexLock guard(&mutex_);
  auto found = files_.find(id);
  int anchor = fd;
  if (found != files_.end()) {
    if (const RecordLock* blocker = conflicting(found->second, lock))
      return std::optional(*blocker);
    if (found->second.anchor) anchor = found->second.anchor->get();
  }
  struct flock other = to_host(lock.type, lock.range);
  TRY(host.record_lock(anchor, F_OFD_GETLK, &other));
  if (other.l_type == F_UNLCK) return std::optional<RecordLock>();
  LockRange range{other.l_start,
                  other.l_len == 0 ? LockRange::kToEnd : other.l_start + other.l_len - 1};
  return std::optional(RecordLock{nullptr, 0, other.l_type, range});
}

void RecordLocks::closed(Host& host, int fd, LockOwner owner) {
  if (files_in_use_ == 0) return;
  Result<FileId> id = identify(host, fd);
  if (!id.ok()) return;
  MutexLock guard(&mutex_);
  auto found = files_.find(id.value());
  if (found == files_.end()) return;
  File& file = found->second;
  bool owned =
      std::ranges::any_of(file.locks, [&](const RecordLock& lock) { return lock.owner == owner; });
  if (!owned) return;
  constexpr LockRange kAll{0, LockRange::kToEnd};
  replace(file, {owner, 0, F_UNLCK, kAll});
  show_host(host, file, kAll);
  wake(host, file);
  forget_if_unused(id.value());
}

}  // namespace linden::microvisor
