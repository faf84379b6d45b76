// The entries of a directory that the host can't list for us: of virtual directories, and of
// directories of the host in which mount points lie that don't exist there.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "microvisor/mutex.h"
#include "microvisor/result.h"

namespace linden::microvisor {

// Positions, and d_off, are indices of entries. Not thread-safe.
class DirectoryListing {
 public:
  // `type` is a DT_ constant. A name that is there already is left alone.
  void add(uint64_t inode, uint8_t type, std::string_view name);
  bool empty() const { return entries_.empty(); }
  // Adds the entries of `records`, which are linux_dirent64 records.
  void add_records(std::span<const std::byte> records);
  // Writes linux_dirent64 records for the entries from `*position` on, as many as fit, and advances
  // it. 0 at the end; EINVAL if not even one fits. `to` may be guest memory.
  Result<size_t> read(size_t* position, std::span<std::byte> to) const;

 private:
  struct Entry {
    uint64_t inode;
    uint8_t type;
    std::string name;
  };
  std::vector<Entry> entries_;
};

// The position of one open directory. Thread-safe: a read is one step.
class ListingCursor {
 public:
  Result<size_t> read(const DirectoryListing& listing, std::span<std::byte> to);
  Result<size_t> read_at(const DirectoryListing& listing, int64_t position,
                         std::span<std::byte> to);
  Result<int64_t> seek(int64_t offset, int whence);

 private:
  Mutex mutex_;
  size_t position_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace linden::microvisor
