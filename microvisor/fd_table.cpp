#include "microvisor/fd_table.h"

#include <algorithm>
#include <utility>

#include "absl/container/inlined_vector.h"

namespace linden::microvisor {

namespace {

// Declared before the lock in each function that closes, so that it acts when the lock is released.
class Closing {
 public:
  explicit Closing(const FdTable* table) : table_(table) {}
  ~Closing() {
    for (Descriptor& descriptor : closed_) descriptor.file->descriptor_closed(table_);
  }
  void add(Descriptor& slot) {
    if (slot.file) closed_.push_back(std::exchange(slot, Descriptor{}));
  }

 private:
  const FdTable* table_;
  absl::InlinedVector<Descriptor, 1> closed_;
};

}  // namespace

FdTable::~FdTable() {
  close_if([](const Descriptor&) { return true; });
}

bool FdTable::is_open(int fd) const {
  return fd >= 0 && static_cast<size_t>(fd) < slots_.size() && slots_[fd].file;
}

void FdTable::copy_from(const FdTable& other) {
  ReaderMutexLock other_lock(&other.mutex_);
  MutexLock lock(&mutex_);
  slots_ = other.slots_;
  limit_ = other.limit_.load();
}

Result<int> FdTable::insert(Descriptor descriptor, int minimum) {
  if (minimum < 0) return Error{EINVAL};
  MutexLock lock(&mutex_);
  size_t fd = minimum;
  while (fd < slots_.size() && slots_[fd].file) ++fd;
  if (fd >= static_cast<size_t>(limit_)) return Error{EMFILE};
  if (fd >= slots_.size()) slots_.resize(fd + 1);
  slots_[fd] = std::move(descriptor);
  return static_cast<int>(fd);
}

Result<void> FdTable::require_room() const {
  if (open_count() >= static_cast<size_t>(limit_)) return Error{EMFILE};
  return {};
}

Result<Descriptor> FdTable::get(int fd) const {
  ReaderMutexLock lock(&mutex_);
  if (!is_open(fd)) return Error{EBADF};
  return slots_[fd];
}

Result<std::shared_ptr<OpenFile>> FdTable::file(int fd) const {
  ReaderMutexLock lock(&mutex_);
  if (!is_open(fd)) return Error{EBADF};
  return slots_[fd].file;
}

Result<void> FdTable::close(int fd) {
  Closing closing(this);
  MutexLock lock(&mutex_);
  if (!is_open(fd)) return Error{EBADF};
  closing.add(slots_[fd]);
  return {};
}

template <typename Condition>
void FdTable::close_if(Condition condition) {
  Closing closing(this);
  MutexLock lock(&mutex_);
  for (Descriptor& slot : slots_) {
    if (condition(slot)) closing.add(slot);
  }
}

void FdTable::close_range(uint32_t first, uint32_t last) {
  Closing closing(this);
  MutexLock lock(&mutex_);
  for (size_t fd = first; fd <= last && fd < slots_.size(); ++fd) closing.add(slots_[fd]);
}

void FdTable::mark_range(uint32_t first, uint32_t last) {
  MutexLock lock(&mutex_);
  for (size_t fd = first; fd <= last && fd < slots_.size(); ++fd) {
    if (slots_[fd].file) slots_[fd].close_on_exec = true;
  }
}

Result<int> FdTable::duplicate(int fd, int minimum, bool close_on_exec) {
  if (minimum < 0 || minimum >= limit_) return Error{EINVAL};
  Descriptor descriptor = TRY(get(fd));
  descriptor.close_on_exec = close_on_exec;
  return insert(std::move(descriptor), minimum);
}

Result<int> FdTable::duplicate_onto(int from, int to, bool close_on_exec) {
  Closing closing(this);
  MutexLock lock(&mutex_);
  if (!is_open(from) || to < 0 || to >= limit_) return Error{EBADF};
  if (from == to) return to;
  if (static_cast<size_t>(to) >= slots_.size()) slots_.resize(to + 1);
  closing.add(slots_[to]);
  slots_[to] = slots_[from];
  slots_[to].close_on_exec = close_on_exec;
  return to;
}

Result<void> FdTable::move_onto(int from, int to) {
  Closing closing(this);
  MutexLock lock(&mutex_);
  if (!is_open(from) || !is_open(to)) return Error{EBADF};
  if (from == to) return {};
  closing.add(slots_[to]);
  slots_[to] = std::exchange(slots_[from], Descriptor{});
  return {};
}

Result<void> FdTable::set_close_on_exec(int fd, bool close_on_exec) {
  MutexLock lock(&mutex_);
  if (!is_open(fd)) return Error{EBADF};
  slots_[fd].close_on_exec = close_on_exec;
  return {};
}

Result<void> FdTable::restrict_rights(int fd, Rights rights) {
  MutexLock lock(&mutex_);
  if (!is_open(fd)) return Error{EBADF};
  Rights& current = slots_[fd].rights;
  if ((rights.base & ~current.base) || (rights.inheriting & ~current.inheriting)) {
    return Error{kErrnoNotCapable};
  }
  current = rights;
  return {};
}

void FdTable::close_marked() {
  close_if([](const Descriptor& slot) { return slot.close_on_exec; });
}

std::vector<int> FdTable::open_descriptors() const {
  ReaderMutexLock lock(&mutex_);
  std::vector<int> numbers;
  for (size_t fd = 0; fd < slots_.size(); ++fd) {
    if (slots_[fd].file) numbers.push_back(static_cast<int>(fd));
  }
  return numbers;
}

size_t FdTable::open_count() const {
  ReaderMutexLock lock(&mutex_);
  return std::count_if(slots_.begin(), slots_.end(),
                       [](const Descriptor& slot) { return slot.file != nullptr; });
}

// Locking would cost a tenth of a short read(2), and there is nobody to lock out.
Result<FileInUse> FdTable::file_of_only_user(int fd) const ABSL_NO_THREAD_SAFETY_ANALYSIS {
  if (!is_open(fd)) return Error{EBADF};
  return FileInUse(slots_[fd].file.get());
}

std::vector<std::shared_ptr<OpenFile>> FdTable::files() const {
  std::vector<std::shared_ptr<OpenFile>> result;
  ReaderMutexLock lock(&mutex_);
  for (const Descriptor& slot : slots_) {
    if (slot.file) result.push_back(slot.file);
  }
  return result;
}

}  // namespace linden::microvisor
