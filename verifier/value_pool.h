// Where values are kept. What is kept never changes, so states share it: they are pointers, and to
// copy one, or to find that two are equal, is to copy or compare those.
#ifndef LINDEN_VERIFIER_VALUE_POOL_H_
#define LINDEN_VERIFIER_VALUE_POOL_H_

#include <cstddef>
#include <memory>
#include <vector>

#include "verifier/value.h"

namespace linden::verifier {

class ValuePool {
 public:
  const Value* keep(const Value& value) {
    if (next_ == end_) grow();
    *next_ = value;
    return next_++;
  }
  // The same, but of the most frequent values there is only one.
  const Value* hold(const Value& value) {
    if (value.is_any()) return &kAny;
    return value == kWordValue ? &kWordValue : keep(value);
  }
  // All that was kept is gone.
  void clear() {
    used_ = 0;
    next_ = end_ = nullptr;
  }
  // An upper bound of how many are kept.
  size_t size() const { return used_ * kChunk; }

 private:
  static constexpr size_t kChunk = 512;
  void grow() {
    if (used_ == chunks_.size()) chunks_.push_back(std::make_unique<Value[]>(kChunk));
    next_ = chunks_[used_++].get();
    end_ = next_ + kChunk;
  }

  std::vector<std::unique_ptr<Value[]>> chunks_;
  size_t used_ = 0;
  Value* next_ = nullptr;
  Value* end_ = nullptr;
};

}  // namespace linden::verifier

#endif
