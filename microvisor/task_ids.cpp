#include "microvisor/task_ids.h"

namespace linden::microvisor {

Result<int> TaskIds::allocate() {
  std::lock_guard lock(mutex_);
  for (int tried = 2; tried < kLimit; ++tried) {
    last_ = last_ + 1 < kLimit ? last_ + 1 : 2;
    if (used_[last_]) continue;
    used_[last_] = true;
    return last_;
  }
  return Error{EAGAIN};
}

void TaskIds::reserve(int id) {
  std::lock_guard lock(mutex_);
  if (id > 0 && id < kLimit) used_[id] = true;
}

void TaskIds::free(int id) {
  std::lock_guard lock(mutex_);
  used_[id] = false;
}

}  // namespace linden::microvisor
