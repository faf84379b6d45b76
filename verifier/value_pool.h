// Where values are kept. What is kept never changes, so states share it: they are pointers, and to
// copy one, or to find that two are equal, is to copy or compare those.
#ifndef LINDEN_VERIFIER_VALUE_POOL_H_
#define LINDEN_VERIFIER_VALUE_POOL_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "verifier/value.h"

namespace linden::verifier {

// Slots that something may be in: [first, last).
struct SlotRange {
  uint32_t first = UINT32_MAX, last = 0;
};

class ValuePool {
 public:
  // Remembers in which slots a value with these names has been. What is not remembered, is not
  // found when something is learnt of the name; no more.
  void note(uint32_t slot, const Value& value) {
    for (uint32_t name : {value.id, value.low_id, value.origin}) {
      if (name == 0 || name == kConstantSlot) continue;
      if (name >= places_.size()) places_.resize(2 * size_t{name} + 64);
      SlotRange& range = places_[name];
      range.first = std::min(range.first, slot);
      range.last = std::max(range.last, slot + 1);
    }
  }
  SlotRange places(uint32_t name) const {
    if (name == kConstantSlot) return {0, UINT32_MAX};
    return name < places_.size() ? places_[name] : SlotRange();
  }
  void forget_names() { places_.clear(); }

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
  // The values of another, in the place of those here.
  void take(ValuePool&& other) {
    chunks_ = std::move(other.chunks_);
    used_ = other.used_;
    next_ = other.next_;
    end_ = other.end_;
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

  std::vector<SlotRange> places_;  // by name
  std::vector<std::unique_ptr<Value[]>> chunks_;
  size_t used_ = 0;
  Value* next_ = nullptr;
  Value* end_ = nullptr;
};

}  // namespace linden::verifier

#endif
