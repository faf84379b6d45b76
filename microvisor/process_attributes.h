// What a process is besides its memory, files and names: its umask, limits, ids, nice value, name.
// All of it is the cage's alone; nothing here changes the host process.
//
// Thread-safety: all functions may be called concurrently.
#pragma once

#include <sys/resource.h>

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

#include "microvisor/abi.h"
#include "microvisor/host.h"
#include "microvisor/mutex.h"

namespace linden::microvisor {

class ProcessAttributes {
 public:
  // The highest RLIMIT_NOFILE: the descriptors of all cages are the host process's.
  static constexpr uint64_t kMaxDescriptors = 65536;
  // The soft RLIMIT_STACK, which libc takes as the size of a new thread's stack; with Linux's usual
  // 8 MiB the 4 GiB of a cage would be full after 500 threads.
  static constexpr uint64_t kStackLimit = 1 << 20;

  ProcessAttributes(Host& host, int descriptor_limit);
  // As fork(2) does.
  ProcessAttributes(const ProcessAttributes& other);

  // The user whom the host process runs as; a cage can't become another one.
  const HostIdentity& identity() const { return *identity_; }

  uint32_t creation_mask() const { return creation_mask_; }
  // The previous mask.
  uint32_t set_creation_mask(uint32_t mask) { return creation_mask_.exchange(mask & 0777); }

  // EINVAL for an unknown resource.
  Result<GuestRlimit> limit(int resource) const;
  // Returns the old limit. EINVAL if soft exceeds hard; EPERM to raise the hard limit.
  Result<GuestRlimit> set_limit(int resource, GuestRlimit limit);
  // The soft RLIMIT_FSIZE, which every write asks for.
  uint64_t file_size_limit() const { return file_size_limit_; }

  std::string name() const;
  void set_name(std::string name);

  std::atomic<int> nice = 0;
  std::atomic<int> scheduling_policy = 0;  // SCHED_OTHER, SCHED_BATCH or SCHED_IDLE
  std::atomic<uint32_t> personality = 0;   // of personality(2); PER_LINUX
  // PR_SET_PDEATHSIG: what the process gets when its parent ends; 0 for nothing. Not inherited.
  std::atomic<int> parent_death_signal = 0;
  std::atomic<bool> dumpable = true;
  std::atomic<bool> no_new_privileges = false;

 private:
  const std::shared_ptr<const HostIdentity> identity_;
  std::atomic<uint32_t> creation_mask_;
  std::atomic<uint64_t> file_size_limit_ = RLIM_INFINITY;
  mutable Mutex mutex_;
  std::array<GuestRlimit, RLIM_NLIMITS> limits_ ABSL_GUARDED_BY(mutex_);
  std::string name_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace linden::microvisor
