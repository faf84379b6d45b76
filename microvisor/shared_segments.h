// System V shared memory: segments that the processes of one tree of cages find by a key. The
// namespace is the tree's own; what the host's processes share by such keys is not seen here.
//
// A segment is a memory file of the host, which no descriptor of a guest leads to. It lives as long
// as it has an id, or somebody has it attached: every region of an address space that shows it
// holds a reference (RegionAttributes::segment), so that fork, exec, exit and munmap count by
// themselves.
//
// Differences from Linux: attach and detach times and `shm_lpid` are changed by shmat and shmdt
// alone. All segments together are limited to kTotalBytes, since nobody may be charged for what
// remains when all processes have ended. SHM_LOCK only sets the mark. SHM_HUGETLB is refused.
//
// Thread-safety: all functions may be called concurrently.
// Source: shmget(2), shmop(2), shmctl(2), and Linux ipc/shm.c for orders of checks.
#pragma once

#include <sys/shm.h>

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include "microvisor/host.h"
#include "microvisor/result.h"

namespace linden::microvisor {

class Cage;

struct SharedSegment {
  HostFd memory;
  uint64_t size;
};

class SharedSegments {
 public:
  static constexpr int kLimit = 4096;  // SHMMNI
  static constexpr uint64_t kTotalBytes = uint64_t{4} << 30;

  // shmget: the id.
  Result<int> get(Cage& caller, int32_t key, uint32_t size, int flags);

  // The segment, for shmat. EACCES unless the caller may `read` and, if asked, `write`.
  Result<std::shared_ptr<SharedSegment>> find(Cage& caller, int id, bool write);
  // What shmat and shmdt leave in the record.
  void note_attached(Cage& caller, int id);
  void note_detached(Cage& caller, const SharedSegment& segment);

  // shmctl. `index` of SHM_STAT and SHM_STAT_ANY counts from 0 to highest_index().
  Result<shmid_ds> status(Cage& caller, int id);
  Result<std::pair<int, shmid_ds>> status_at(Cage& caller, int index, bool any);
  Result<void> set(Cage& caller, int id, const ipc_perm& permissions);
  Result<void> remove(Cage& caller, int id);
  Result<void> lock(Cage& caller, int id, bool locked);
  int highest_index();
  shm_info usage();

 private:
  struct Entry {
    std::weak_ptr<SharedSegment> segment;
    std::shared_ptr<SharedSegment> unless_removed;
    shmid_ds record;  // without the number of attachments
  };
  using Entries = std::map<int, Entry>;  // by index

  Result<Entries::iterator> entry(int id);
  static shmid_ds status_of(const Entry& entry);
  static int id_of(const Entries::value_type& entry);
  // Of segments that were removed and have been left by all.
  void forget_ended();
  uint64_t total_bytes() const;
  Result<int> create(Cage& caller, int32_t key, uint32_t size, int flags);

  std::mutex mutex_;
  // All of the rest is guarded by it.
  Entries entries_;
  uint16_t next_sequence_ = 0;
};

}  // namespace linden::microvisor
