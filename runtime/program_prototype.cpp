#include "runtime/program_prototype.h"

#include <algorithm>

namespace linden::runtime {

namespace {

// As many as a shell script may use in turn. Each costs what its initialised data do.
constexpr size_t kKept = 16;

}  // namespace

std::shared_ptr<const ProgramPrototype> ProgramPrototypes::find(const CompiledModule& module) {
  std::lock_guard lock(mutex_);
  auto found = std::find_if(kept_.begin(), kept_.end(), [&](const auto& prototype) {
    return &prototype->instance->compiled() == &module;
  });
  if (found == kept_.end()) return nullptr;
  kept_.splice(kept_.begin(), kept_, found);
  return kept_.front();
}

void ProgramPrototypes::add(std::shared_ptr<const ProgramPrototype> prototype) {
  // Freed when the lock has been released.
  std::shared_ptr<const ProgramPrototype> dropped;
  std::lock_guard lock(mutex_);
  kept_.push_front(std::move(prototype));
  if (kept_.size() > kKept) {
    dropped = std::move(kept_.back());
    kept_.pop_back();
  }
}

}  // namespace linden::runtime
