// The file descriptors of one cage.
//
// Ownership: a slot shares its OpenFile with duplicates and with operations in flight.
// Errors: EBADF for a number that isn't open, EMFILE when the limit is reached.
// Thread-safety: all functions may be called concurrently; each is atomic. No file is closed with
// the table locked, because closing may block.
// The table is the owner of POSIX record locks, as files_struct is in Linux: each way to close a
// descriptor tells its file (OpenFile::descriptor_closed).
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

#include "microvisor/mutex.h"
#include "microvisor/open_file.h"

namespace linden::microvisor {

// What may be done with a descriptor, and with what is opened through it. The table only keeps
// them, atomically with the file; their meaning is the business of wasi/. POSIX has none.
struct Rights {
  uint64_t base = ~uint64_t{0};
  uint64_t inheriting = ~uint64_t{0};
};

struct Descriptor {
  std::shared_ptr<OpenFile> file;
  bool close_on_exec = false;
  Rights rights = {};
};

// An open file for the time of one call.
class FileInUse {
 public:
  // Kept open, whatever happens to the descriptor.
  FileInUse(std::shared_ptr<OpenFile> owner) : file_(owner.get()), owner_(std::move(owner)) {}
  // Borrowed from the table.
  explicit FileInUse(OpenFile* file) : file_(file) {}

  OpenFile* operator->() const { return file_; }
  OpenFile& operator*() const { return *file_; }

 private:
  OpenFile* file_;
  std::shared_ptr<OpenFile> owner_;
};

class FdTable {
 public:
  static constexpr int kDefaultLimit = 1024;

  explicit FdTable(int limit = kDefaultLimit) : limit_(limit) {}
  ~FdTable();
  FdTable(const FdTable&) = delete;

  // For fork, into a new table: the same files under the same numbers. Record locks aren't copied.
  void copy_from(const FdTable& other);

  int limit() const { return limit_; }
  // RLIMIT_NOFILE. Descriptors that are open above it stay open.
  void set_limit(int limit) { limit_ = limit; }

  // Takes the lowest free number that is at least `minimum`.
  Result<int> insert(Descriptor descriptor, int minimum = 0);
  // EMFILE if insert() would fail now. Asked before opening, so that an open which can't get a
  // number doesn't create or truncate its file first.
  Result<void> require_room() const;
  Result<Descriptor> get(int fd) const;
  Result<std::shared_ptr<OpenFile>> file(int fd) const;
  // For the only thread that uses this table, as long as it does not close the descriptor itself.
  Result<FileInUse> file_of_only_user(int fd) const;
  Result<void> close(int fd);
  // Closes, or marks to be closed at exec, what is open in [first, last].
  void close_range(uint32_t first, uint32_t last);
  void mark_range(uint32_t first, uint32_t last);

  Result<int> duplicate(int fd, int minimum, bool close_on_exec);
  // Makes `to` refer to what `from` does, closing what it was. `from == to` changes nothing.
  Result<int> duplicate_onto(int from, int to, bool close_on_exec);
  // Moves `from` to `to`, which must be open and is closed. `from == to` changes nothing.
  Result<void> move_onto(int from, int to);

  Result<void> set_close_on_exec(int fd, bool close_on_exec);
  // Rights can only shrink: fails with kErrnoNotCapable if `rights` has one that `fd` lacks.
  Result<void> restrict_rights(int fd, Rights rights);

  // For exec.
  void close_marked();
  size_t open_count() const;
  // What is open now, for operations on all of it.
  std::vector<std::shared_ptr<OpenFile>> files() const;
  // Their numbers, ascending.
  std::vector<int> open_descriptors() const;

 private:
  template <typename Condition>
  void close_if(Condition condition);
  bool is_open(int fd) const ABSL_SHARED_LOCKS_REQUIRED(mutex_);

  std::atomic<int> limit_;
  mutable Mutex mutex_;
  std::vector<Descriptor> slots_ ABSL_GUARDED_BY(mutex_);  // a null file: free
};

}  // namespace linden::microvisor
