#include "microvisor/shared_segments.h"

#include <sys/mman.h>

#include "microvisor/cage.h"
#include "microvisor/region_map.h"

namespace linden::microvisor {

namespace {

constexpr int kIndexes = 32768;  // IPCMNI: an id is this times a sequence number plus an index

int64_t now(Cage& cage) {
  Result<timespec> time = cage.host().clock_gettime(CLOCK_REALTIME);
  return time.ok() ? time->tv_sec : 0;
}

const HostIdentity& identity(Cage& cage) { return cage.attributes().identity(); }

// ipcperms(): `wanted` has the bits of read (4) and write (2). All cages are the same user, as the
// host's superuser without limits.
Result<void> check_access(Cage& caller, const ipc_perm& permissions, int wanted) {
  const HostIdentity& own = identity(caller);
  if (own.effective_user == 0) return {};
  const bool is_user =
      own.effective_user == permissions.uid || own.effective_user == permissions.cuid;
  const bool is_group =
      own.effective_group == permissions.gid || own.effective_group == permissions.cgid;
  const int granted = permissions.mode >> (is_user ? 6 : is_group ? 3 : 0);
  if (wanted & ~granted & 7) return Error{EACCES};
  return {};
}

Result<void> check_owner(Cage& caller, const ipc_perm& permissions) {
  const uint32_t user = identity(caller).effective_user;
  if (user != 0 && user != permissions.uid && user != permissions.cuid) return Error{EPERM};
  return {};
}

}  // namespace

int SharedSegments::id_of(const Entries::value_type& entry) {
  return entry.second.record.shm_perm.__seq * kIndexes + entry.first;
}

Result<SharedSegments::Entries::iterator> SharedSegments::entry(int id) {
  forget_ended();
  auto found = id < 0 ? entries_.end() : entries_.find(id % kIndexes);
  if (found == entries_.end() || id_of(*found) != id) return Error{EINVAL};
  return found;
}

void SharedSegments::forget_ended() {
  std::erase_if(entries_, [](const auto& entry) { return entry.second.segment.expired(); });
}

uint64_t SharedSegments::total_bytes() const {
  uint64_t sum = 0;
  for (const auto& [index, entry] : entries_) sum += round_up_to_page(entry.record.shm_segsz);
  return sum;
}

Result<int> SharedSegments::get(Cage& caller, int32_t key, uint32_t size, int flags) {
  std::lock_guard lock(mutex_);
  forget_ended();
  if (key == IPC_PRIVATE) return create(caller, key, size, flags);
  for (const auto& entry : entries_) {
    const shmid_ds& record = entry.second.record;
    if (record.shm_perm.__key != key) continue;
    if ((flags & IPC_CREAT) && (flags & IPC_EXCL)) return Error{EEXIST};
    if (size > record.shm_segsz) return Error{EINVAL};
    TRY(check_access(caller, record.shm_perm, (flags >> 6 | flags >> 3 | flags) & 7));
    return id_of(entry);
  }
  if (!(flags & IPC_CREAT)) return Error{ENOENT};
  return create(caller, key, size, flags);
}

Result<int> SharedSegments::create(Cage& caller, int32_t key, uint32_t size, int flags) {
  if (size == 0) return Error{EINVAL};
  if (flags & SHM_HUGETLB) return Error{ENOMEM};
  const uint64_t bytes = round_up_to_page(size);
  if (entries_.size() >= kLimit || bytes > kTotalBytes - total_bytes()) return Error{ENOSPC};
  Result<HostFd> memory = caller.host().memfd_create("System V shared memory", MFD_CLOEXEC);
  // The host's own descriptors are none that the guest could close.
  if (!memory.ok()) return Error{memory.code() == ENOMEM ? ENOMEM : ENOSPC};
  TRY(caller.host().ftruncate(memory->get(), static_cast<int64_t>(bytes)));

  int index = 0;
  for (const auto& [used, entry] : entries_) {
    if (used != index) break;
    ++index;
  }
  Entry entry{};
  entry.unless_removed = std::make_shared<SharedSegment>(std::move(*memory), bytes);
  entry.segment = entry.unless_removed;
  ipc_perm& permissions = entry.record.shm_perm;
  permissions.__key = key;
  permissions.mode = flags & 0777;
  permissions.uid = permissions.cuid = identity(caller).effective_user;
  permissions.gid = permissions.cgid = identity(caller).effective_group;
  permissions.__seq = next_sequence_;
  next_sequence_ = (next_sequence_ + 1) % (INT32_MAX / kIndexes);
  entry.record.shm_segsz = size;
  entry.record.shm_cpid = caller.id();
  entry.record.shm_ctime = now(caller);
  return id_of(*entries_.emplace(index, std::move(entry)).first);
}

Result<std::shared_ptr<SharedSegment>> SharedSegments::find(Cage& caller, int id, bool write) {
  std::lock_guard lock(mutex_);
  auto found = TRY(entry(id));
  TRY(check_access(caller, found->second.record.shm_perm, write ? 6 : 4));
  std::shared_ptr<SharedSegment> segment = found->second.segment.lock();
  if (!segment) return Error{EINVAL};
  return segment;
}

void SharedSegments::note_attached(Cage& caller, int id) {
  std::lock_guard lock(mutex_);
  auto found = entry(id);
  if (!found.ok()) return;
  (*found)->second.record.shm_atime = now(caller);
  (*found)->second.record.shm_lpid = caller.id();
}

void SharedSegments::note_detached(Cage& caller, const SharedSegment& segment) {
  std::lock_guard lock(mutex_);
  for (auto& [index, entry] : entries_) {
    if (entry.segment.lock().get() != &segment) continue;
    entry.record.shm_dtime = now(caller);
    entry.record.shm_lpid = caller.id();
  }
}

shmid_ds SharedSegments::status_of(const Entry& entry) {
  shmid_ds status = entry.record;
  status.shm_nattch =
      static_cast<shmatt_t>(entry.segment.use_count()) - (entry.unless_removed != nullptr);
  return status;
}

Result<shmid_ds> SharedSegments::status(Cage& caller, int id) {
  std::lock_guard lock(mutex_);
  auto found = TRY(entry(id));
  TRY(check_access(caller, found->second.record.shm_perm, 4));
  return status_of(found->second);
}

Result<std::pair<int, shmid_ds>> SharedSegments::status_at(Cage& caller, int index, bool any) {
  std::lock_guard lock(mutex_);
  forget_ended();
  auto found = entries_.find(index);
  if (found == entries_.end()) return Error{EINVAL};
  if (!any) TRY(check_access(caller, found->second.record.shm_perm, 4));
  return std::pair(id_of(*found), status_of(found->second));
}

Result<void> SharedSegments::set(Cage& caller, int id, const ipc_perm& permissions) {
  std::lock_guard lock(mutex_);
  auto found = TRY(entry(id));
  shmid_ds& record = found->second.record;
  TRY(check_owner(caller, record.shm_perm));
  record.shm_perm.uid = permissions.uid;
  record.shm_perm.gid = permissions.gid;
  record.shm_perm.mode = (record.shm_perm.mode & ~0777) | (permissions.mode & 0777);
  record.shm_ctime = now(caller);
  return {};
}

Result<void> SharedSegments::remove(Cage& caller, int id) {
  std::lock_guard lock(mutex_);
  auto found = TRY(entry(id));
  Entry& removed = found->second;
  TRY(check_owner(caller, removed.record.shm_perm));
  // Nobody finds it by its key any more.
  removed.record.shm_perm.__key = IPC_PRIVATE;
  removed.record.shm_perm.mode |= SHM_DEST;
  removed.unless_removed.reset();
  forget_ended();
  return {};
}

Result<void> SharedSegments::lock(Cage& caller, int id, bool locked) {
  std::lock_guard lock(mutex_);
  auto found = TRY(entry(id));
  ipc_perm& permissions = found->second.record.shm_perm;
  TRY(check_owner(caller, permissions));
  permissions.mode = locked ? permissions.mode | SHM_LOCKED : permissions.mode & ~SHM_LOCKED;
  return {};
}

int SharedSegments::highest_index() {
  std::lock_guard lock(mutex_);
  forget_ended();
  return entries_.empty() ? 0 : entries_.rbegin()->first;
}

shm_info SharedSegments::usage() {
  std::lock_guard lock(mutex_);
  forget_ended();
  shm_info usage{};
  usage.used_ids = static_cast<int>(entries_.size());
  usage.shm_tot = usage.shm_rss = total_bytes() / kGuestPageSize;
  return usage;
}

}  // namespace linden::microvisor
